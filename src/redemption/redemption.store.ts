/**
 * The SQL that finds and locks redemptions. Everything a change rests on is read under the lock of the
 * redemption's row, which everybody takes before the rows of its coupons.
 */
import type { Row, Sql } from '../storage/database.js';
import { fromNullableMoment, fromSqlMoment, toSqlMoment } from '../storage/moments.js';
import type { StoredQuote } from '../quote/quote.types.js';
import type { Redemption, RedemptionStatus } from './redemption.types.js';
import { STANDS_FOR_ITS_ORDER } from './rules/redemption-lifecycle.js';
import { marks } from '../storage/marks.js';

type Source = Pick<Sql, 'rows'>;

const COLUMNS = `r.id, r.order_id, r.attempt, r.quote_id, r.user_id, r.status, r.version, r.currency,
  r.discount_minor, r.refunded_minor, r.held_until, r.created_at, r.updated_at`;

export const REDEMPTION_SQL = {
  lockLatest: `SELECT ${COLUMNS} FROM redemption r WHERE r.order_id = ?
    ORDER BY r.attempt DESC LIMIT 1 FOR UPDATE`,
  lockById: `SELECT ${COLUMNS} FROM redemption r WHERE r.id = ? FOR UPDATE`,
  couponsOf: (count: number) =>
    `SELECT redemption_id, coupon_id, discount_minor FROM redemption_coupon
     WHERE redemption_id IN (${marks(count)}) ORDER BY redemption_id, position`,
  linesOf: `SELECT line_id, quantity, subtotal_minor, discount_minor AS line_discount_minor,
      refunded_quantity, refunded_minor AS line_refunded_minor
    FROM redemption_line WHERE redemption_id = ? ORDER BY position`,
  /** Row and lines in one statement, so that a refund in between cannot tear them apart. */
  latestOf: (count: number) =>
    `SELECT ${COLUMNS}, l.line_id, l.quantity, l.subtotal_minor, l.refunded_quantity,
       l.discount_minor AS line_discount_minor, l.refunded_minor AS line_refunded_minor
     FROM (SELECT order_id, MAX(attempt) AS attempt FROM redemption
           WHERE order_id IN (${marks(count)}) GROUP BY order_id) latest
     JOIN redemption r ON r.order_id = latest.order_id AND r.attempt = latest.attempt
     JOIN redemption_line l ON l.redemption_id = r.id
     ORDER BY r.id, l.position`,
  liveSnapshots: (count: number) =>
    `SELECT live_order_id, snapshot FROM redemption
     WHERE live_order_id IN (${marks(count)}) AND (status <> 'HELD' OR held_until > ?)`,
  latestSnapshot: `SELECT snapshot FROM redemption WHERE order_id = ? ORDER BY attempt DESC LIMIT 1`,
  isLive: 'SELECT 1 AS found FROM redemption WHERE live_order_id = ?',
  /** A page of holds whose time is over, what ended first first. */
  overdue: `SELECT id, held_until FROM redemption
    WHERE status = 'HELD' AND held_until <= ? AND (held_until > ? OR (held_until = ? AND id > ?))
    ORDER BY held_until, id LIMIT ?`,
};

/**
 * The order's last redemption, locked; the only one of it that can be live. One that has ended may have
 * been followed by another while its lock was waited for; under its lock none can follow, so it is
 * looked for once more.
 */
export async function lockLatest(sql: Sql, orderId: string): Promise<Redemption | undefined> {
  let [row] = await sql.rows(REDEMPTION_SQL.lockLatest, [orderId]);
  if (row !== undefined && !STANDS_FOR_ITS_ORDER[row['status'] as RedemptionStatus])
    [row] = await sql.rows(REDEMPTION_SQL.lockLatest, [orderId]);
  return row && withParts(sql, row);
}

export async function lockRedemption(sql: Sql, id: string): Promise<Redemption | undefined> {
  const [row] = await sql.rows(REDEMPTION_SQL.lockById, [id]);
  return row && withParts(sql, row);
}

/** The last redemption of each order. */
export async function readLatest(
  source: Source,
  orderIds: readonly string[],
): Promise<Map<string, Redemption>> {
  if (orderIds.length === 0) return new Map();
  const rows = await source.rows(REDEMPTION_SQL.latestOf(orderIds.length), orderIds);
  const byId = Map.groupBy(rows, (row) => String(row['id']));
  const coupons = await readCouponRows(source, [...byId.keys()]);
  const found = [...byId].map(([id, own]) => toRedemption(own[0]!, coupons.get(id) ?? [], own));
  return new Map(found.map((redemption) => [redemption.orderId, redemption]));
}

/** The quotes that the live redemptions of these orders were made from, by order. */
export async function readLiveSnapshots(
  source: Source,
  orderIds: readonly string[],
  nowMs: number,
): Promise<Map<string, StoredQuote>> {
  if (orderIds.length === 0) return new Map();
  const values = [...orderIds, toSqlMoment(nowMs)];
  const rows = await source.rows(REDEMPTION_SQL.liveSnapshots(orderIds.length), values);
  return new Map(rows.map((row) => [String(row['live_order_id']), toSnapshot([row])!]));
}

/** The quote that the order's last redemption was made from. */
export async function readLatestSnapshot(
  source: Source,
  orderId: string,
): Promise<StoredQuote | undefined> {
  return toSnapshot(await source.rows(REDEMPTION_SQL.latestSnapshot, [orderId]));
}

export async function hasLiveRedemption(source: Source, orderId: string): Promise<boolean> {
  return (await source.rows(REDEMPTION_SQL.isLive, [orderId])).length > 0;
}

export interface OverdueHold {
  readonly id: string;
  readonly heldUntilMs: number;
}

export async function readOverdue(
  source: Source,
  nowMs: number,
  after: OverdueHold,
  limit: number,
): Promise<OverdueHold[]> {
  const afterMoment = toSqlMoment(after.heldUntilMs);
  const values = [toSqlMoment(nowMs), afterMoment, afterMoment, after.id, limit];
  const rows = await source.rows(REDEMPTION_SQL.overdue, values);
  return rows.map((row) => ({
    id: String(row['id']),
    heldUntilMs: fromSqlMoment(String(row['held_until'])),
  }));
}

async function withParts(sql: Sql, row: Row): Promise<Redemption> {
  const id = String(row['id']);
  const coupons = await readCouponRows(sql, [id]);
  return toRedemption(row, coupons.get(id) ?? [], await sql.rows(REDEMPTION_SQL.linesOf, [id]));
}

async function readCouponRows(source: Source, ids: readonly string[]): Promise<Map<string, Row[]>> {
  if (ids.length === 0) return new Map();
  const rows = await source.rows(REDEMPTION_SQL.couponsOf(ids.length), ids);
  return Map.groupBy(rows, (row) => String(row['redemption_id']));
}

function toSnapshot([row]: readonly Row[]): StoredQuote | undefined {
  return row && (JSON.parse(String(row['snapshot'])) as StoredQuote);
}

function toRedemption(row: Row, coupons: readonly Row[], lines: readonly Row[]): Redemption {
  return {
    id: String(row['id']),
    orderId: String(row['order_id']),
    attempt: Number(row['attempt']),
    quoteId: String(row['quote_id']),
    userId: String(row['user_id']),
    status: row['status'] as RedemptionStatus,
    version: Number(row['version']),
    currency: String(row['currency']),
    discountMinor: Number(row['discount_minor']),
    refundedMinor: Number(row['refunded_minor']),
    heldUntilMs: fromNullableMoment(row['held_until']),
    createdAtMs: fromSqlMoment(String(row['created_at'])),
    updatedAtMs: fromSqlMoment(String(row['updated_at'])),
    coupons: coupons.map((coupon) => ({
      couponId: String(coupon['coupon_id']),
      discountMinor: Number(coupon['discount_minor']),
    })),
    lines: lines.map((line) => ({
      lineId: String(line['line_id']),
      quantity: Number(line['quantity']),
      subtotalMinor: Number(line['subtotal_minor']),
      discountMinor: Number(line['line_discount_minor']),
      refundedQuantity: Number(line['refunded_quantity']),
      refundedMinor: Number(line['line_refunded_minor']),
    })),
  };
}
