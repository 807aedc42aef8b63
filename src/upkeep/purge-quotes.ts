/** Deletes the quotes of an outage of Redis once they have expired. */
import { JOB_PAGE } from '../config/limits.js';
import type { Clock } from '../kernel/clock.js';
import { toSqlMoment } from '../storage/moments.js';
import type { JobDatabase } from './frame/job.js';

/** @returns how many were deleted, a page at most */
export function purgeQuotes(database: JobDatabase, clock: Clock): Promise<number> {
  const now = toSqlMoment(clock.nowMs());
  return database.transaction((sql) =>
    sql.change(`DELETE FROM quote WHERE expires_at <= ? ORDER BY expires_at LIMIT ${JOB_PAGE}`, [
      now,
    ]),
  );
}
