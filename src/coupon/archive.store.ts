/**
 * The SQL of the archive: coupons that were used or have expired long ago, of templates that can issue no more.
 *
 * A coupon is in one of the two tables at every moment: it is moved whole, in one transaction, under the lock
 * of its row. Its audit, redemption, lines and refunds stay where they are; they name it by id. It comes back
 * the same way when the last unit of its order is refunded, and goes on from there as any other.
 */
import type { Row, Sql } from '../storage/database.js';
import { toSqlMoment } from '../storage/moments.js';
import { marks } from '../storage/marks.js';

/** Every column of the table `coupon`; a test compares. */
export const ARCHIVED_COLUMNS = `id, template_id, template_version, user_id, slot, status, version, code,
  claim_key, claim_fingerprint, channel, batch_id, face_value_minor, draw_no, claimed_at, valid_from,
  expires_at, held_until, redemption_id, order_id, used_at, discount_minor`;

const TALLY = `SELECT template_id, status, COALESCE(channel, ''), COUNT(*), COALESCE(SUM(discount_minor), 0)`;
const TALLY_COLUMNS = 'template_id, status, channel, coupons, discount_minor';

export const ARCHIVE_SQL = {
  /** A page of a template's coupons, whatever their state, along a unique key. */
  page: `SELECT user_id, slot, id FROM coupon FORCE INDEX (uk_coupon_slot)
    WHERE template_id = ? AND (user_id > ? OR (user_id = ? AND slot > ?)) ORDER BY user_id, slot LIMIT ?`,
  /** Those of them that are long over; in the order of ids, as everybody locks. */
  lock: (count: number) =>
    `SELECT id FROM coupon FORCE INDEX (PRIMARY)
     WHERE id IN (${marks(count)}) AND (status = 'USED' AND used_at <= ? OR status = 'EXPIRED' AND expires_at <= ?)
     ORDER BY id FOR UPDATE`,
  copy: (count: number) =>
    `INSERT INTO coupon_archive (${ARCHIVED_COLUMNS}, archived_at)
     SELECT ${ARCHIVED_COLUMNS}, ? FROM coupon WHERE id IN (${marks(count)})`,
  remove: (count: number) => `DELETE FROM coupon WHERE id IN (${marks(count)})`,
  count: (count: number) =>
    `INSERT INTO archived_count (${TALLY_COLUMNS})
     ${TALLY} FROM coupon_archive WHERE id IN (${marks(count)}) GROUP BY template_id, status, channel
     ON DUPLICATE KEY UPDATE coupons = archived_count.coupons + VALUES(coupons),
       discount_minor = archived_count.discount_minor + VALUES(discount_minor)`,
  lockArchived: (count: number) =>
    `SELECT id FROM coupon_archive WHERE id IN (${marks(count)}) ORDER BY id FOR UPDATE`,
  uncount: (count: number) =>
    `INSERT INTO archived_count (${TALLY_COLUMNS})
     ${TALLY} FROM coupon_archive WHERE id IN (${marks(count)}) GROUP BY template_id, status, channel
     ON DUPLICATE KEY UPDATE coupons = archived_count.coupons - VALUES(coupons),
       discount_minor = archived_count.discount_minor - VALUES(discount_minor)`,
  copyBack: (count: number) =>
    `INSERT INTO coupon (${ARCHIVED_COLUMNS})
     SELECT ${ARCHIVED_COLUMNS} FROM coupon_archive WHERE id IN (${marks(count)})`,
  removeArchived: (count: number) => `DELETE FROM coupon_archive WHERE id IN (${marks(count)})`,
  hasArchived: 'SELECT 1 AS yes FROM coupon_archive WHERE template_id = ? LIMIT 1',
  groups: `SELECT status, channel, coupons, discount_minor FROM archived_count
    WHERE template_id = ? AND coupons > 0`,
};

/**
 * Moves those of the coupons that are over since before `overBeforeMs`.
 * @returns how many were moved
 */
export async function archiveCoupons(
  sql: Sql,
  ids: readonly string[],
  { overBeforeMs, nowMs }: { readonly overBeforeMs: number; readonly nowMs: number },
): Promise<number> {
  const before = toSqlMoment(overBeforeMs);
  const locked = await sql.rows(ARCHIVE_SQL.lock(ids.length), [...ids, before, before]);
  const over = locked.map((row) => String(row['id']));
  if (over.length === 0) return 0;
  await moved(over, sql.change(ARCHIVE_SQL.copy(over.length), [toSqlMoment(nowMs), ...over]));
  await moved(over, sql.change(ARCHIVE_SQL.remove(over.length), over));
  await sql.change(ARCHIVE_SQL.count(over.length), over);
  return over.length;
}

/** Brings back those of the coupons that are archived; the caller's transaction locks them then. */
export async function restoreCoupons(sql: Sql, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const rows = await sql.rows(ARCHIVE_SQL.lockArchived(ids.length), ids);
  const archived = rows.map((row) => String(row['id']));
  if (archived.length === 0) return;
  await sql.change(ARCHIVE_SQL.uncount(archived.length), archived);
  await moved(archived, sql.change(ARCHIVE_SQL.copyBack(archived.length), archived));
  await moved(archived, sql.change(ARCHIVE_SQL.removeArchived(archived.length), archived));
}

async function moved(ids: readonly string[], change: Promise<number>): Promise<void> {
  if ((await change) !== ids.length) throw new Error('coupons changed under their locks');
}

/** What became of a template's archived coupons, added up when they were moved. */
export async function readArchivedGroups(
  source: Pick<Sql, 'rows'>,
  templateId: string,
): Promise<Row[]> {
  return source.rows(ARCHIVE_SQL.groups, [templateId]);
}
