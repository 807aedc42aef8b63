/** Writes down what became of a run, which ends its lease; a run that lost its lease writes nothing. */
import { JOB_ERROR_LENGTH_MAX } from '../../config/limits.js';
import { maskText } from '../../kernel/mask-text.js';
import type { Database } from '../../storage/database.js';
import type { Job, JobResult } from './job.js';
import { JOB_SQL, type Lease } from './job.store.js';

type Store = Pick<Database, 'transaction'>;

export type RunEnd = { readonly result: JobResult } | { readonly error: unknown };

/** Ends the lease, so that any worker may take the job when it is due again. */
export async function releaseLease(database: Store, lease: Lease, end: RunEnd): Promise<void> {
  const mine = [lease.name, lease.token, lease.holder];
  const [statement, values] =
    'error' in end
      ? [JOB_SQL.fail, [textOf(end.error)]]
      : [
          JOB_SQL.succeed,
          [end.result.lagMs ?? null, end.result.handled, end.result.isMore === true ? 1 : 0],
        ];
  await database.transaction((sql) => sql.change(statement, [...values, ...mine]));
}

/** Of a job that every worker runs: there is no lease to end. */
export async function noteRun(database: Store, job: Job, end: RunEnd): Promise<void> {
  const { name, everyMs } = job;
  await database.transaction(async (sql) => {
    await sql.change(JOB_SQL.insert, [name, everyMs]);
    if ('error' in end) await sql.change(JOB_SQL.noteFailure, [everyMs, textOf(end.error), name]);
    else {
      const { lagMs = null, handled } = end.result;
      await sql.change(JOB_SQL.noteSuccess, [everyMs, lagMs, handled, name]);
    }
  });
}

function textOf(error: unknown): string {
  return maskText(String(error)).slice(0, JOB_ERROR_LENGTH_MAX);
}
