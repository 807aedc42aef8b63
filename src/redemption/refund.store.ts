/** The SQL of refunds: each is remembered by its caller's key, for ever. */
import { newId } from '../kernel/ids.js';
import type { Sql } from '../storage/database.js';
import { toSqlMoment } from '../storage/moments.js';
import type { Redemption } from './redemption.types.js';
import type { Refund } from './rules/refund-shares.js';

export const REFUND_SQL = {
  find: 'SELECT fingerprint FROM refund WHERE order_id = ? AND refund_key = ?',
  insert: `INSERT INTO refund (id, redemption_id, order_id, refund_key, fingerprint, refunded_lines,
      discount_minor, actor, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
};

/** The fingerprint of the refund that was made with this key; undefined: there was none. */
export async function findRefund(
  sql: Sql,
  orderId: string,
  refundKey: string,
): Promise<string | undefined> {
  const [row] = await sql.rows(REFUND_SQL.find, [orderId, refundKey]);
  return row && String(row['fingerprint']);
}

export interface RefundNote {
  readonly refundKey: string;
  readonly fingerprint: string;
  readonly actor: string;
  readonly atMs: number;
}

/** @returns the refund's id */
export async function insertRefund(
  sql: Sql,
  { id: redemptionId, orderId }: Redemption,
  refund: Refund,
  note: RefundNote,
): Promise<string> {
  const id = newId(note.atMs);
  await sql.change(REFUND_SQL.insert, [
    id,
    redemptionId,
    orderId,
    note.refundKey,
    note.fingerprint,
    JSON.stringify(refund.taken),
    refund.discountMinor,
    note.actor,
    toSqlMoment(note.atMs),
  ]);
  return id;
}
