/**
 * The SQL that writes redemptions. A redemption's row changes only by compare-and-set on its primary
 * key, version and status; its coupons, lines and shares only in the transaction of such a change.
 */
import type { Sql, SqlValue } from '../storage/database.js';
import { toNullableMoment, toSqlMoment } from '../storage/moments.js';
import type { StoredQuote } from '../quote/quote.types.js';
import type { RedeemedLine, Redemption } from './redemption.types.js';
import { COUPON_STATUS_UNDER, STANDS_FOR_ITS_ORDER } from './rules/redemption-lifecycle.js';
import { marks } from '../storage/marks.js';

export const REDEMPTION_WRITE_SQL = {
  insert: `INSERT INTO redemption (id, order_id, attempt, live_order_id, quote_id, user_id, status,
      version, currency, discount_minor, held_until, snapshot, created_at, updated_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  insertCoupons: (count: number) =>
    `INSERT INTO redemption_coupon (redemption_id, position, coupon_id, live_coupon_id, discount_minor)
     VALUES ${marks(count, '(?, ?, ?, ?, ?)')}`,
  insertLines: (count: number) =>
    `INSERT INTO redemption_line (redemption_id, position, line_id, quantity, subtotal_minor,
       discount_minor) VALUES ${marks(count, '(?, ?, ?, ?, ?, ?)')}`,
  insertShares: (count: number) =>
    `INSERT INTO redemption_share (redemption_id, coupon_position, line_position, discount_minor)
     VALUES ${marks(count, '(?, ?, ?, ?)')}`,
  /** The index is named: by the status the optimizer may come from ix_redemption_hold and lock strangers. */
  step: `UPDATE redemption FORCE INDEX (PRIMARY) SET status = ?, version = ?, live_order_id = ?, refunded_minor = ?,
      held_until = ?, updated_at = ?
    WHERE id = ? AND version = ? AND status = ?`,
  tieCoupons: 'UPDATE redemption_coupon SET live_coupon_id = coupon_id WHERE redemption_id = ?',
  untieCoupons: 'UPDATE redemption_coupon SET live_coupon_id = NULL WHERE redemption_id = ?',
  refundLines: (count: number) =>
    `UPDATE redemption_line SET
       refunded_quantity = CASE position ${Array(count).fill('WHEN ? THEN ?').join(' ')} END,
       refunded_minor = CASE position ${Array(count).fill('WHEN ? THEN ?').join(' ')} END
     WHERE redemption_id = ? AND position IN (${marks(count, '?')})`,
};

/** A new redemption with its coupons, its lines, and what each coupon takes off each line. */
export async function insertRedemption(
  sql: Sql,
  redemption: Redemption,
  quote: StoredQuote,
): Promise<void> {
  await sql.change(REDEMPTION_WRITE_SQL.insert, [
    redemption.id,
    redemption.orderId,
    redemption.attempt,
    redemption.orderId,
    redemption.quoteId,
    redemption.userId,
    redemption.status,
    redemption.version,
    redemption.currency,
    redemption.discountMinor,
    toNullableMoment(redemption.heldUntilMs),
    JSON.stringify(quote),
    toSqlMoment(redemption.createdAtMs),
    toSqlMoment(redemption.updatedAtMs),
  ]);
  const { id, coupons, lines } = redemption;
  await insertAll(
    sql,
    REDEMPTION_WRITE_SQL.insertCoupons,
    coupons.map(({ couponId, discountMinor }, i) => [id, i, couponId, couponId, discountMinor]),
  );
  await insertAll(
    sql,
    REDEMPTION_WRITE_SQL.insertLines,
    lines.map((line, i) => [
      id,
      i,
      line.lineId,
      line.quantity,
      line.subtotalMinor,
      line.discountMinor,
    ]),
  );
  await insertAll(sql, REDEMPTION_WRITE_SQL.insertShares, sharesOf(redemption, quote));
}

/** Writes a step of a locked redemption; what ties its order and its coupons goes with the status. */
export async function writeRedemption(
  sql: Sql,
  before: Redemption,
  after: Redemption,
): Promise<void> {
  const changed = await sql.change(REDEMPTION_WRITE_SQL.step, [
    after.status,
    after.version,
    STANDS_FOR_ITS_ORDER[after.status] ? after.orderId : null,
    after.refundedMinor,
    toNullableMoment(after.heldUntilMs),
    toSqlMoment(after.updatedAtMs),
    before.id,
    before.version,
    before.status,
  ]);
  if (changed !== 1) throw new Error(`redemption ${before.id} changed under its lock`);
  const wasTied = COUPON_STATUS_UNDER[before.status] !== null;
  const isTied = COUPON_STATUS_UNDER[after.status] !== null;
  if (wasTied === isTied) return;
  const { tieCoupons, untieCoupons } = REDEMPTION_WRITE_SQL;
  await sql.change(isTied ? tieCoupons : untieCoupons, [before.id]);
}

/** Writes what was refunded of the lines that changed. */
export async function writeRefundedLines(
  sql: Sql,
  before: Redemption,
  lines: readonly RedeemedLine[],
): Promise<void> {
  const changed = lines
    .map((line, position) => ({ line, position }))
    .filter(
      ({ position, line }) => before.lines[position]!.refundedQuantity !== line.refundedQuantity,
    );
  const count = await sql.change(REDEMPTION_WRITE_SQL.refundLines(changed.length), [
    ...changed.flatMap(({ position, line }) => [position, line.refundedQuantity]),
    ...changed.flatMap(({ position, line }) => [position, line.refundedMinor]),
    before.id,
    ...changed.map(({ position }) => position),
  ]);
  if (count !== changed.length) throw new Error(`lines of ${before.id} changed under its lock`);
}

function sharesOf({ id, lines }: Redemption, quote: StoredQuote): SqlValue[][] {
  const positions = new Map(lines.map(({ lineId }, position) => [lineId, position]));
  return quote.applied.flatMap((applied, couponPosition) =>
    applied.lines.map((share) => {
      const linePosition = positions.get(share.lineId);
      if (linePosition === undefined) throw new Error(`quote ${quote.id} shares an unknown line`);
      return [id, couponPosition, linePosition, share.discountMinor];
    }),
  );
}

async function insertAll(
  sql: Sql,
  statement: (count: number) => string,
  rows: readonly SqlValue[][],
): Promise<void> {
  if (rows.length > 0) await sql.change(statement(rows.length), rows.flat());
}
