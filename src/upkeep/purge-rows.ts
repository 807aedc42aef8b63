/**
 * Deletes rows that nobody needs any more, a page of one table in a transaction: quotes of an outage of Redis
 * once they are over, marks of reminders once their coupon is, events that were told long enough ago.
 */
import { JOB_PAGE, OUTBOX_KEPT_MS } from '../config/limits.js';
import type { Clock } from '../kernel/clock.js';
import { toSqlMoment } from '../storage/moments.js';
import type { JobDatabase } from './frame/job.js';

export const PURGE_SQL = {
  quotes: `DELETE FROM quote WHERE expires_at <= ? ORDER BY expires_at LIMIT ${JOB_PAGE}`,
  reminders: `DELETE FROM coupon_reminder WHERE expires_at <= ? ORDER BY expires_at LIMIT ${JOB_PAGE}`,
  /** What is not delivered has no moment here, and stays however old it is. */
  events: `DELETE FROM outbox WHERE delivered_at <= ? ORDER BY delivered_at, id LIMIT ${JOB_PAGE}`,
};

/** @returns how many were deleted, a page at most */
export type PurgePage = (database: JobDatabase, clock: Clock) => Promise<number>;

const pageOf =
  (statement: string, keptMs: number): PurgePage =>
  (database, clock) =>
    database.transaction((sql) => sql.change(statement, [toSqlMoment(clock.nowMs() - keptMs)]));

export const purgeQuotes = pageOf(PURGE_SQL.quotes, 0);
export const purgeReminders = pageOf(PURGE_SQL.reminders, 0);
export const purgeEvents = pageOf(PURGE_SQL.events, OUTBOX_KEPT_MS);
