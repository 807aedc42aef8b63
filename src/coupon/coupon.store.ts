/** The SQL of coupons as they are read. Changes of state are in the rooms that decide them. */
import { WALLET_SIZE_GUESS } from '../config/limits.js';
import type { Row, Sql, SqlValue } from '../storage/database.js';
import { fromNullableMoment, fromSqlMoment, toSqlMoment } from '../storage/moments.js';
import type { Coupon, CouponStatus } from './coupon.types.js';
import { marks } from '../storage/marks.js';

type Source = Pick<Sql, 'rows'>;

const COLUMNS = `id, template_id, template_version, user_id, slot, status, version, code, claim_key,
  claim_fingerprint, channel, batch_id, face_value_minor, draw_no, claimed_at, valid_from, expires_at,
  held_until, redemption_id, order_id, used_at, discount_minor`;

/** What has no duplicate in either table has none in both. */
const anywhere = (where: string): string =>
  `SELECT ${COLUMNS} FROM coupon WHERE ${where}
   UNION ALL SELECT ${COLUMNS} FROM coupon_archive WHERE ${where}`;

const IS_QUOTABLE = `status IN ('UNUSED', 'HELD', 'FROZEN')`;

export const COUPON_SQL = {
  byIds: (count: number) => `SELECT ${COLUMNS} FROM coupon WHERE id IN (${marks(count)})`,
  /** In one statement, because a coupon may move from one to the other between two. */
  byIdsAnywhere: (count: number) => anywhere(`id IN (${marks(count)})`),
  byIdsForUpdate: (count: number) =>
    `SELECT ${COLUMNS} FROM coupon WHERE id IN (${marks(count)}) ORDER BY id FOR UPDATE`,
  byCodes: (count: number) => anywhere(`code IN (${marks(count)})`),
  byClaim: anywhere('user_id = ? AND claim_key = ?'),
  /** The wallets of quotes: what could be used or is only kept from being used, what dies first first. */
  quotable: (users: number) =>
    `SELECT ${COLUMNS} FROM coupon
     WHERE user_id IN (${marks(users)}) AND expires_at > ? AND ${IS_QUOTABLE}
     ORDER BY user_id, expires_at, id LIMIT ?`,
  /** The same with a limit for each of them. */
  quotableOfEach: (users: number) =>
    Array(users)
      .fill(
        `(SELECT ${COLUMNS} FROM coupon WHERE user_id = ? AND expires_at > ? AND ${IS_QUOTABLE}
          ORDER BY expires_at, id LIMIT ?)`,
      )
      .join(' UNION ALL '),
};

/** Coupons by their ids, archived ones too; only where one is missing it is looked for there. */
export async function readCoupons(source: Source, ids: readonly string[]): Promise<Coupon[]> {
  if (ids.length === 0) return [];
  const coupons = (await source.rows(COUPON_SQL.byIds(ids.length), ids)).map(toCoupon);
  const found = new Set(coupons.map(({ id }) => id));
  const missing = ids.filter((id) => !found.has(id));
  if (missing.length === 0) return coupons;
  const values = [...missing, ...missing];
  const rows = await source.rows(COUPON_SQL.byIdsAnywhere(missing.length), values);
  return [...coupons, ...rows.map(toCoupon)];
}

/** Locks the rows in the order of their ids, which is the order everybody locks in. */
export async function lockCoupons(sql: Sql, ids: readonly string[]): Promise<Coupon[]> {
  if (ids.length === 0) return [];
  const sorted = [...new Set(ids)].sort();
  return (await sql.rows(COUPON_SQL.byIdsForUpdate(sorted.length), sorted)).map(toCoupon);
}

export async function readCouponsByCode(
  source: Source,
  codes: readonly string[],
): Promise<Coupon[]> {
  const values = [...codes, ...codes];
  return (await source.rows(COUPON_SQL.byCodes(codes.length), values)).map(toCoupon);
}

/** The coupon of an earlier claim with this key, whichever template it was for. */
export async function readCouponByClaim(
  source: Source,
  userId: string,
  claimKey: string,
): Promise<Coupon | undefined> {
  const values = [userId, claimKey, userId, claimKey];
  return (await source.rows(COUPON_SQL.byClaim, values)).map(toCoupon)[0];
}

/**
 * The quotable coupons of several users, each user's in the order of expiresAt, at least the first `limit` of
 * each at each moment. One range read is half of what a part of a UNION for each user costs MySQL, but has only
 * one limit for all, so it is believed only where it was not reached.
 */
export async function readQuotable(
  source: Source,
  wallets: readonly { readonly userId: string; readonly nowMs: number }[],
  limit: number,
): Promise<Coupon[]> {
  const asked = new Map(wallets.map((one) => [`${one.nowMs} ${one.userId}`, one]));
  const users = [...new Set(wallets.map(({ userId }) => userId))];
  const now = toSqlMoment(Math.min(...wallets.map(({ nowMs }) => nowMs)));
  const room = limit + (users.length - 1) * WALLET_SIZE_GUESS;
  const together = await source.rows(COUPON_SQL.quotable(users.length), [...users, now, room]);
  if (asked.size === 1 || together.length < room) return together.map(toCoupon);
  // What ends first after a moment ends before what comes first after a later one.
  const values = [...asked.values()]
    .sort((a, b) => a.nowMs - b.nowMs)
    .flatMap(({ userId, nowMs }) => [userId, toSqlMoment(nowMs), limit]);
  const ofEach = (await source.rows(COUPON_SQL.quotableOfEach(asked.size), values)).map(toCoupon);
  return [...new Map(ofEach.map((coupon) => [coupon.id, coupon])).values()];
}

export interface WalletFilter {
  readonly userId: string;
  /** null: all. By the clock, not by the stored word. */
  readonly status: readonly CouponStatus[] | null;
  readonly nowMs: number;
}

/** One page of a wallet, newest first. */
export async function readWallet(
  source: Source,
  filter: WalletFilter,
  afterId: string | null,
  limit: number,
): Promise<Coupon[]> {
  const { where, values } = walletWhere(filter);
  const after =
    afterId === null ? { where: '', values: [] } : { where: 'AND id < ?', values: [afterId] };
  // Left alone, the server may read the whole wallet along another index and sort it, for each page.
  const page = (table: string, index: string) =>
    `(SELECT ${COLUMNS} FROM ${table} FORCE INDEX (${index}) WHERE ${where} ${after.where} ORDER BY id DESC LIMIT ?)`;
  const all = [...values, ...after.values, limit];
  if (!mayBeArchived(filter))
    return (await source.rows(page('coupon', 'ix_coupon_wallet'), all)).map(toCoupon);
  const rows = await source.rows(
    `${page('coupon', 'ix_coupon_wallet')} UNION ALL ${page('coupon_archive', 'ix_archive_wallet')}
     ORDER BY id DESC LIMIT ?`,
    [...all, ...all, limit],
  );
  return rows.map(toCoupon);
}

export async function countWallet(source: Source, filter: WalletFilter): Promise<number> {
  const { where, values } = walletWhere(filter);
  const count = (table: string) => `(SELECT COUNT(*) FROM ${table} WHERE ${where})`;
  const rows = mayBeArchived(filter)
    ? await source.rows(`SELECT ${count('coupon')} + ${count('coupon_archive')} AS n`, [
        ...values,
        ...values,
      ])
    : await source.rows(`SELECT ${count('coupon')} AS n`, values);
  return Number(rows[0]?.['n']);
}

function mayBeArchived({ status }: WalletFilter): boolean {
  return status === null || status.includes('USED') || status.includes('EXPIRED');
}

/** The SQL twin of statusAt in rules/coupon-lifecycle.ts. */
const STATUS_BY_CLOCK = `CASE
  WHEN status = 'UNUSED' OR (status = 'HELD' AND held_until <= ?)
  THEN IF(expires_at <= ?, 'EXPIRED', 'UNUSED') ELSE status END`;

function walletWhere(filter: WalletFilter): { where: string; values: SqlValue[] } {
  if (filter.status === null) return { where: 'user_id = ?', values: [filter.userId] };
  if (filter.status.length === 0)
    return { where: 'user_id = ? AND 1 = 0', values: [filter.userId] };
  const now = toSqlMoment(filter.nowMs);
  return {
    where: `user_id = ? AND ${STATUS_BY_CLOCK} IN (${marks(filter.status.length)})`,
    values: [filter.userId, now, now, ...filter.status],
  };
}

function nullableNumber(value: string | number | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

export function toCoupon(row: Row): Coupon {
  return {
    id: String(row['id']),
    templateId: String(row['template_id']),
    templateVersion: Number(row['template_version']),
    userId: String(row['user_id']),
    slot: Number(row['slot']),
    status: row['status'] as CouponStatus,
    version: Number(row['version']),
    code: String(row['code']),
    claimKey: String(row['claim_key']),
    claimFingerprint: String(row['claim_fingerprint']),
    channel: row['channel'] as string | null,
    batchId: row['batch_id'] as string | null,
    faceValueMinor: nullableNumber(row['face_value_minor']),
    drawNo: nullableNumber(row['draw_no']),
    claimedAtMs: fromSqlMoment(String(row['claimed_at'])),
    validFromMs: fromSqlMoment(String(row['valid_from'])),
    expiresAtMs: fromSqlMoment(String(row['expires_at'])),
    heldUntilMs: fromNullableMoment(row['held_until']),
    redemptionId: row['redemption_id'] as string | null,
    orderId: row['order_id'] as string | null,
    usedAtMs: fromNullableMoment(row['used_at']),
    discountMinor: nullableNumber(row['discount_minor']),
  };
}
