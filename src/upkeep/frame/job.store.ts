/**
 * The SQL of jobs: who runs one, until when, how far it is and what became of its runs.
 *
 * The lease is a conditional UPDATE by the database's clock. Each taking raises the token; a worker that
 * froze and wakes after its lease was taken has an old one, and `fence` tells it so in the very transaction
 * that would write. `fence` locks the row, so a taker waits for a write in hand and none can come after it.
 */
import type { Database, Row, Sql } from '../../storage/database.js';
import { fromNullableMoment } from '../../storage/moments.js';
import type { JobDatabase, Progress } from './job.js';

const NOW = 'UTC_TIMESTAMP(3)';
const inMs = 'INTERVAL ? * 1000 MICROSECOND';
/** A run that ended is due after its period; one that did not, when its lease is over. */
const IS_DUE = `IF(holder IS NULL, due_at <= ${NOW}, leased_until <= ${NOW})`;
const MINE = 'name = ? AND token = ? AND holder = ?';

export const JOB_SQL = {
  insert: `INSERT INTO job (name, every_ms, token, handled, due_at, created_at)
    VALUES (?, ?, 0, 0, ${NOW}, ${NOW}) ON DUPLICATE KEY UPDATE name = job.name`,
  isDue: `SELECT ${IS_DUE} AS is_due FROM job WHERE name = ?`,
  take: `UPDATE job SET holder = ?, token = token + 1, leased_until = ${NOW} + ${inMs},
      every_ms = ?, due_at = ${NOW} + ${inMs}, last_run_at = ${NOW}
    WHERE name = ? AND ${IS_DUE}`,
  taken: 'SELECT token, progress FROM job WHERE name = ?',
  fence: `SELECT token FROM job WHERE ${MINE} FOR UPDATE`,
  keep: `UPDATE job SET progress = ? WHERE ${MINE}`,
  renew: `UPDATE job SET leased_until = ${NOW} + ${inMs} WHERE ${MINE}`,
  succeed: `UPDATE job SET holder = NULL, leased_until = NULL, last_success_at = ${NOW}, last_error = NULL,
      lag_ms = ?, handled = handled + ?, due_at = IF(?, ${NOW}, due_at) WHERE ${MINE}`,
  fail: `UPDATE job SET holder = NULL, leased_until = NULL, last_error = ?, due_at = ${NOW} WHERE ${MINE}`,
  noteSuccess: `UPDATE job SET every_ms = ?, last_run_at = ${NOW}, last_success_at = ${NOW}, last_error = NULL,
      lag_ms = ?, handled = handled + ? WHERE name = ?`,
  noteFailure: `UPDATE job SET every_ms = ?, last_run_at = ${NOW}, last_error = ? WHERE name = ?`,
  all: `SELECT name, every_ms, last_run_at, last_success_at, progress, last_error, handled,
      COALESCE(leased_until > ${NOW}, 0) AS is_running,
      GREATEST(0, COALESCE(lag_ms, 0),
        TIMESTAMPDIFF(MICROSECOND, COALESCE(last_success_at, created_at), ${NOW}) DIV 1000 - every_ms) AS lag_ms
    FROM job ORDER BY name`,
};

/** The right to run a job: its token is the highest, and the row names its holder. */
export interface Lease {
  readonly name: string;
  readonly holder: string;
  readonly token: number;
  readonly progress: Progress | undefined;
}

const mineOf = ({ name, token, holder }: Lease): [string, number, string] => [name, token, holder];

/** @param nextMs how long after this moment the job is due again */
export async function takeLease(
  database: JobDatabase,
  { name, everyMs }: { readonly name: string; readonly everyMs: number },
  { holder, leaseMs, nextMs }: { holder: string; leaseMs: number; nextMs: number },
): Promise<Lease | undefined> {
  // Most ticks of most workers end here, without a lock.
  const [known] = await database.rows(JOB_SQL.isDue, [name]);
  if (known === undefined)
    await database.transaction((sql) => sql.change(JOB_SQL.insert, [name, everyMs]));
  else if (Number(known['is_due']) !== 1) return undefined;
  return database.transaction(async (sql) => {
    const values = [holder, leaseMs, everyMs, nextMs, name];
    if ((await sql.change(JOB_SQL.take, values)) !== 1) return undefined;
    const [row] = await sql.rows(JOB_SQL.taken, [name]);
    return { name, holder, token: Number(row!['token']), progress: progressOf(row!) };
  });
}

/** Whether the lease is still the one, and stays it until the transaction ends. */
export async function isHeld(sql: Sql, lease: Lease): Promise<boolean> {
  return (await sql.rows(JOB_SQL.fence, mineOf(lease))).length === 1;
}

export async function keepProgress(sql: Sql, lease: Lease, progress: Progress): Promise<void> {
  await sql.change(JOB_SQL.keep, [JSON.stringify(progress), ...mineOf(lease)]);
}

/** @returns false: somebody else has it */
export async function renewLease(
  database: Pick<Database, 'transaction'>,
  lease: Lease,
  leaseMs: number,
): Promise<boolean> {
  return database.transaction(
    async (sql) => (await sql.change(JOB_SQL.renew, [leaseMs, ...mineOf(lease)])) === 1,
  );
}

export interface JobRecord {
  readonly name: string;
  readonly everyMs: number;
  readonly isRunning: boolean;
  readonly lastRunAtMs: number | null;
  readonly lastSuccessAtMs: number | null;
  /** How far behind: the age of the oldest due thing, or the time since it should have succeeded. */
  readonly lagMs: number;
  readonly handled: number;
  readonly progress: Progress | null;
  readonly lastError: string | null;
}

/** What is known of all jobs that ever ran here, by name. */
export async function readJobs(database: Pick<Database, 'rows'>): Promise<JobRecord[]> {
  return (await database.rows(JOB_SQL.all)).map((row) => ({
    name: String(row['name']),
    everyMs: Number(row['every_ms']),
    isRunning: Number(row['is_running']) === 1,
    lastRunAtMs: fromNullableMoment(row['last_run_at']),
    lastSuccessAtMs: fromNullableMoment(row['last_success_at']),
    lagMs: Number(row['lag_ms']),
    handled: Number(row['handled']),
    progress: progressOf(row) ?? null,
    lastError: row['last_error'] as string | null,
  }));
}

function progressOf(row: Row): Progress | undefined {
  return row['progress'] === null ? undefined : (JSON.parse(String(row['progress'])) as Progress);
}
