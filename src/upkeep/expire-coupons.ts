/**
 * Writes down which unused coupons are over. They have been for everybody since expiresAt; this tidies.
 *
 * A campaign may end a million of them at one moment, so a page is a handful of statements, whatever its
 * length, and the next page begins where the last one ended: the index keeps the entries of rows that just
 * changed for a while, and looking from the beginning again would pass by all of them every time.
 */
import { EXPIRE_PAGE } from '../config/limits.js';
import { recordChanges } from '../event/record-change.js';
import type { Clock } from '../kernel/clock.js';
import { fromSqlMoment, toSqlMoment } from '../storage/moments.js';
import { restSince, systemPace, type Pace } from '../storage/rest.js';
import type { JobDatabase, JobResult, JobRun } from './frame/job.js';
import { marks } from '../storage/marks.js';

export const EXPIRE_COUPONS_SQL = {
  due: `SELECT id, expires_at FROM coupon FORCE INDEX (ix_coupon_expiry)
    WHERE status = 'UNUSED' AND expires_at <= ? AND (expires_at > ? OR (expires_at = ? AND id > ?))
    ORDER BY expires_at, id LIMIT ?`,
  /** Only what is still so under the lock. In the order of ids, as everybody locks. */
  lock: (count: number) =>
    `SELECT id, version, user_id, template_id FROM coupon FORCE INDEX (PRIMARY)
     WHERE id IN (${marks(count)}) AND status = 'UNUSED' AND expires_at <= ? ORDER BY id FOR UPDATE`,
  /** Told to use the primary key: the optimizer may rather lock its way through (status, expires_at). */
  expire: (count: number) =>
    `UPDATE coupon FORCE INDEX (PRIMARY) SET status = 'EXPIRED', version = version + 1
     WHERE id IN (${marks(count)}) AND status = 'UNUSED' AND expires_at <= ?`,
};

/** The last coupon that was looked at. */
interface Place {
  readonly expiresAtMs: number;
  readonly id: string;
}

const BEGINNING: Place = { expiresAtMs: 0, id: '' };

interface Page {
  readonly expired: number;
  /** undefined: nothing is due any more. */
  readonly next: Place | undefined;
}

/**
 * Page after page until nothing is due or the run should end, with a rest as long as the page after each:
 * claims go on meanwhile, and are worth more than the speed of tidying.
 */
export async function expireCoupons(
  { database, signal }: Pick<JobRun, 'database' | 'signal'>,
  clock: Clock,
  pageSize: number = EXPIRE_PAGE,
  pace: Pace = systemPace,
): Promise<JobResult> {
  let handled = 0;
  for (let place = BEGINNING; ;) {
    const beganMs = pace.nowMs();
    const page = await expirePage(database, clock.nowMs(), place, pageSize);
    handled += page.expired;
    if (page.next === undefined) return { handled, lagMs: 0 };
    await restSince(beganMs, signal, pace);
    const { expiresAtMs } = page.next;
    if (signal.aborted) return { handled, isMore: true, lagMs: clock.nowMs() - expiresAtMs };
    place = page.next;
  }
}

export async function expirePage(
  database: JobDatabase,
  nowMs: number,
  after: Place = BEGINNING,
  pageSize: number = EXPIRE_PAGE,
): Promise<Page> {
  const from = toSqlMoment(after.expiresAtMs);
  const values = [toSqlMoment(nowMs), from, from, after.id, pageSize];
  const due = await database.rows(EXPIRE_COUPONS_SQL.due, values);
  const last = due.at(-1);
  if (last === undefined) return { expired: 0, next: undefined };
  const ids = due.map((row) => String(row['id']));
  const next = { id: String(last['id']), expiresAtMs: fromSqlMoment(String(last['expires_at'])) };
  return {
    expired: await expireAll(database, ids, nowMs),
    next: due.length < pageSize ? undefined : next,
  };
}

async function expireAll(
  database: JobDatabase,
  ids: readonly string[],
  nowMs: number,
): Promise<number> {
  return database.transaction(async (sql) => {
    const now = toSqlMoment(nowMs);
    const rows = await sql.rows(EXPIRE_COUPONS_SQL.lock(ids.length), [...ids, now]);
    const over = rows.map((row) => ({
      id: String(row['id']),
      version: Number(row['version']),
      userId: String(row['user_id']),
      templateId: String(row['template_id']),
    }));
    if (over.length === 0) return 0;
    const changed = await sql.change(EXPIRE_COUPONS_SQL.expire(over.length), [
      ...over.map(({ id }) => id),
      now,
    ]);
    if (changed !== over.length) throw new Error('coupons changed under their locks');
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
