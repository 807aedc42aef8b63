/**
 * Tells that a coupon will expire in three days, once a coupon: an event `coupon.expiring` in the outbox,
 * written with the mark that it was (`coupon_reminder`, unique by coupon).
 *
 * There is no column and no index for it among the coupons, which claims would pay for. The job walks the
 * index that expiry has already, (status, expires_at), from its watermark to three days from now; the
 * watermark is kept with each page. Once an hour it begins again at now: a coupon that was held or frozen
 * when the watermark passed, and is free again, is found then. The marks tell who was reminded.
 *
 * A coupon whose owner got it within its last three days is not reminded of: the claim itself told.
 */
import { JOB_PAGE, REMIND_AGAIN_EVERY_MS, REMIND_BEFORE_MS } from '../config/limits.js';
import { recordNotices } from '../event/record-notice.js';
import type { Clock } from '../kernel/clock.js';
import type { Row, Sql } from '../storage/database.js';
import { fromSqlMoment, toSqlMoment } from '../storage/moments.js';
import type { JobResult, JobRun, Progress } from './frame/job.js';
import { marks } from '../storage/marks.js';

export const REMIND_SQL = {
  due: `SELECT id, expires_at FROM coupon FORCE INDEX (ix_coupon_expiry)
    WHERE status = 'UNUSED' AND expires_at <= ? AND (expires_at > ? OR (expires_at = ? AND id > ?))
    ORDER BY expires_at, id LIMIT ?`,
  /** Under the lock of its row, so that its events are told in the order in which they happened. */
  lock: (count: number) =>
    `SELECT id, user_id, template_id, claimed_at, expires_at FROM coupon FORCE INDEX (PRIMARY)
     WHERE id IN (${marks(count)}) AND status = 'UNUSED' ORDER BY id FOR UPDATE`,
  reminded: (count: number) =>
    `SELECT coupon_id FROM coupon_reminder WHERE coupon_id IN (${marks(count)})`,
  mark: (count: number) =>
    `INSERT INTO coupon_reminder (coupon_id, expires_at, reminded_at)
     VALUES ${marks(count, '(?, ?, ?)')}`,
};

/** The last coupon that was looked at, and when the walk began. */
interface Watermark {
  readonly expiresAtMs: number;
  readonly id: string;
  readonly beganAtMs: number;
}

export async function remindOwners(
  run: JobRun,
  clock: Clock,
  pageSize: number = JOB_PAGE,
): Promise<JobResult> {
  let place = placeOf(run.progress, clock.nowMs());
  for (let handled = 0; ;) {
    const nowMs = clock.nowMs();
    const from = toSqlMoment(place.expiresAtMs);
    const values = [toSqlMoment(nowMs + REMIND_BEFORE_MS), from, from, place.id, pageSize];
    const due = await run.database.rows(REMIND_SQL.due, values);
    const last = due.at(-1);
    if (last === undefined) return { handled, lagMs: 0 };
    const expiresAtMs = fromSqlMoment(String(last['expires_at']));
    place = { ...place, expiresAtMs, id: String(last['id']) };
    const ids = due.map((row) => String(row['id']));
    handled += await run.database.transaction(async (sql) => {
      await run.keep(sql, { ...place });
      return remind(sql, ids, nowMs);
    });
    if (due.length < pageSize) return { handled, lagMs: 0 };
    const lagMs = Math.max(0, nowMs + REMIND_BEFORE_MS - expiresAtMs);
    if (run.signal.aborted) return { handled, isMore: true, lagMs };
  }
}

/** Where the last run ended; after an hour the walk begins again at now. */
function placeOf(progress: Progress | undefined, nowMs: number): Watermark {
  const kept = progress as unknown as Watermark | undefined;
  const isOld = kept === undefined || nowMs - kept.beganAtMs >= REMIND_AGAIN_EVERY_MS;
  return isOld ? { expiresAtMs: nowMs, id: '', beganAtMs: nowMs } : kept;
}

/** @returns how many were not reminded before */
async function remind(sql: Sql, ids: readonly string[], nowMs: number): Promise<number> {
  const rows = await sql.rows(REMIND_SQL.lock(ids.length), ids);
  const known = await sql.rows(REMIND_SQL.reminded(ids.length), ids);
  const reminded = new Set(known.map((row) => row['coupon_id']));
  const due = rows.filter((row) => !reminded.has(row['id']) && isWorthIt(row));
  if (due.length === 0) return 0;
  const now = toSqlMoment(nowMs);
  await sql.change(
    REMIND_SQL.mark(due.length),
    due.flatMap((row) => [row['id']!, row['expires_at']!, now]),
  );
  await recordNotices(
    sql,
    due.map((row) => ({
      type: 'coupon.expiring',
      subjectId: String(row['id']),
      atMs: nowMs,
      details: {
        userId: row['user_id']!,
        templateId: row['template_id']!,
        expiresAt: new Date(fromSqlMoment(String(row['expires_at']))).toISOString(),
      },
    })),
  );
  return due.length;
}

/** Whether its owner had it before its last three days began. */
function isWorthIt(row: Row): boolean {
  const lastedMs =
    fromSqlMoment(String(row['expires_at'])) - fromSqlMoment(String(row['claimed_at']));
  return lastedMs > REMIND_BEFORE_MS;
}
