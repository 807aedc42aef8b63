/** Writes down which unused coupons are over. They have been for everybody since expiresAt; this tidies. */
import { JOB_PAGE } from '../config/limits.js';
import { lockCoupons } from '../coupon/coupon.store.js';
import { COUPON_LIFECYCLE } from '../coupon/rules/coupon-lifecycle.js';
import { recordChanges } from '../event/record-change.js';
import type { Clock } from '../kernel/clock.js';
import { next } from '../kernel/lifecycle.js';
import { toSqlMoment } from '../storage/moments.js';
import type { JobDatabase } from './frame/job.js';

export const EXPIRE_COUPONS_SQL = {
  due: `SELECT id FROM coupon WHERE status = 'UNUSED' AND expires_at <= ?
    ORDER BY expires_at LIMIT ${JOB_PAGE}`,
  /** Told to use the primary key: the optimizer may rather lock its way through (status, expires_at). */
  expire: `UPDATE coupon FORCE INDEX (PRIMARY) SET status = 'EXPIRED', version = version + 1
    WHERE id = ? AND status = 'UNUSED' AND version = ?`,
};

/** @returns how many were expired in this run, a page at most */
export async function expireCoupons(database: JobDatabase, clock: Clock): Promise<number> {
  const nowMs = clock.nowMs();
  const due = await database.rows(EXPIRE_COUPONS_SQL.due, [toSqlMoment(nowMs)]);
  if (due.length === 0) return 0;
  return database.transaction(async (sql) => {
    const coupons = await lockCoupons(
      sql,
      due.map((row) => String(row['id'])),
    );
    const over = coupons.filter(
      (coupon) => coupon.expiresAtMs <= nowMs && next(COUPON_LIFECYCLE, coupon.status, 'EXPIRE').ok,
    );
    for (const { id, version } of over) await sql.change(EXPIRE_COUPONS_SQL.expire, [id, version]);
    await recordChanges(
      sql,
      over.map(({ id, version, userId, templateId }) => ({
        subject: 'COUPON',
        subjectId: id,
        seq: version + 1,
        action: 'EXPIRED',
        from: 'UNUSED',
        to: 'EXPIRED',
        actor: 'job:expire-coupons',
        atMs: nowMs,
        templateId,
        details: { userId },
      })),
    );
    return over.length;
  });
}
