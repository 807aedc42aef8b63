/**
 * Deletes the audit of coupons that ended EXPIRED, years after they were archived (AUDIT_KEPT_DAYS).
 *
 * Promise: nothing that can still change loses an entry. Of archived coupons only EXPIRED ones are at their
 * end; a USED one comes back when the last unit of its order is refunded, and its audit goes on from where it
 * was. Redemptions, refunds, templates, batches and grants keep theirs: they tell where money went and
 * who decided it. The row of the coupon stays, and says itself who claimed it and when; a mark on it says that
 * its entries were deleted, so that `verify` can tell a purge from a loss.
 */
import { JOB_PAGE } from '../config/limits.js';
import type { Clock } from '../kernel/clock.js';
import { marks } from '../storage/marks.js';
import { toSqlMoment } from '../storage/moments.js';
import type { JobDatabase } from './frame/job.js';

export const PURGE_AUDIT_SQL = {
  /** Along an index that is there for this alone. */
  lock: `SELECT id FROM coupon_archive
    WHERE status = 'EXPIRED' AND audit_purged_at IS NULL AND archived_at <= ?
    ORDER BY archived_at LIMIT ${JOB_PAGE} FOR UPDATE`,
  remove: (count: number) =>
    `DELETE FROM audit WHERE subject_id IN (${marks(count)}) AND subject = 'COUPON'`,
  mark: (count: number) =>
    `UPDATE coupon_archive SET audit_purged_at = ? WHERE id IN (${marks(count)})`,
};

/** @returns of how many coupons the audit was deleted, a page at most */
export function purgeAudit(database: JobDatabase, clock: Clock, keptMs: number): Promise<number> {
  const nowMs = clock.nowMs();
  return database.transaction(async (sql) => {
    const rows = await sql.rows(PURGE_AUDIT_SQL.lock, [toSqlMoment(nowMs - keptMs)]);
    const ids = rows.map((row) => String(row['id']));
    if (ids.length === 0) return 0;
    await sql.change(PURGE_AUDIT_SQL.remove(ids.length), ids);
    await sql.change(PURGE_AUDIT_SQL.mark(ids.length), [toSqlMoment(nowMs), ...ids]);
    return ids.length;
  });
}
