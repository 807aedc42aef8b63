/**
 * One run of a leased job: take the lease, renew it while the job works, end it with what became of it.
 *
 * The lease is only what keeps two workers from doing the same work. That a worker which lost it writes
 * nothing is decided by MySQL: every transaction of the run asks for the token first.
 */
import {
  JOB_GIVE_UP_MS,
  JOB_LEASE_MS,
  JOB_RENEW_EVERY_MS,
  JOB_RUN_MS,
} from '../../config/limits.js';
import { within } from '../../kernel/within.js';
import type { JobDatabase, JobRun, LeasedJob } from './job.js';
import { isHeld, keepProgress, renewLease, takeLease, type Lease } from './job.store.js';
import { releaseLease, type RunEnd } from './record-run.js';

/** Another worker took the job over; what this one meant to write is not written. */
export class LeaseLost extends Error {
  constructor(name: string) {
    super(`the lease of ${name} was taken over`);
    this.name = 'LeaseLost';
  }
}

export interface LeaseTimes {
  readonly leaseMs: number;
  readonly renewEveryMs: number;
  /** A run is asked to end after this, and given up after that. */
  readonly runMs: number;
  readonly giveUpMs: number;
}

export const LEASE_TIMES: LeaseTimes = {
  leaseMs: JOB_LEASE_MS,
  renewEveryMs: JOB_RENEW_EVERY_MS,
  runMs: JOB_RUN_MS,
  giveUpMs: JOB_GIVE_UP_MS,
};

export interface LeasedRunParts {
  readonly database: JobDatabase;
  /** This worker. */
  readonly holder: string;
  /** Aborted when the process stops. */
  readonly stopping: AbortSignal;
  readonly times?: LeaseTimes;
}

/** @returns undefined: not due, or another worker has it · what became of the run, already written down */
export async function runLeased(
  job: LeasedJob,
  { database, holder, stopping, times = LEASE_TIMES }: LeasedRunParts,
): Promise<RunEnd | undefined> {
  const nextMs = periodOf(job.everyMs);
  const lease = await takeLease(database, job, { holder, leaseMs: times.leaseMs, nextMs });
  if (lease === undefined) return undefined;
  const lost = new AbortController();
  const stopRenewing = keepRenewing(database, lease, times, () => lost.abort());
  const signal = AbortSignal.any([stopping, lost.signal, AbortSignal.timeout(times.runMs)]);
  const work = Promise.try(() => job.run(runOf(database, lease, signal)));
  // A run that hangs must not keep its job from ever running again.
  const end = await within(work, times.giveUpMs, () => {
    throw new Error(`${job.name} did not end in time`);
  }).then(
    (result): RunEnd => ({ result }),
    (error: unknown): RunEnd => ({ error }),
  );
  stopRenewing();
  if (lost.signal.aborted) return { error: new LeaseLost(job.name) };
  // Of a lease that is lost this changes nothing. If it cannot be written now, the lease ends by itself.
  await releaseLease(database, lease, end);
  return end;
}

function runOf(database: JobDatabase, lease: Lease, signal: AbortSignal): JobRun {
  return {
    signal,
    progress: lease.progress,
    keep: (sql, progress) => keepProgress(sql, lease, progress),
    database: {
      rows: (statement, values) => database.rows(statement, values),
      transaction: (work) =>
        database.transaction(async (sql) => {
          if (!(await isHeld(sql, lease))) throw new LeaseLost(lease.name);
          return work(sql);
        }),
    },
  };
}

/** Workers' clocks differ a little, and a tick must not miss its period by that. */
function periodOf(everyMs: number): number {
  return everyMs - Math.min(1_000, everyMs / 5);
}

/** @returns how to stop */
function keepRenewing(
  database: JobDatabase,
  lease: Lease,
  { leaseMs, renewEveryMs }: LeaseTimes,
  onLost: () => void,
): () => void {
  let isAsking = false;
  const timer = setInterval(() => {
    if (isAsking) return;
    isAsking = true;
    renewLease(database, lease, leaseMs)
      .then((isMine) => isMine || onLost())
      // Not known; if it was lost meanwhile, the next transaction of the run is told.
      .catch(() => undefined)
      .finally(() => (isAsking = false));
  }, renewEveryMs).unref();
  return () => clearInterval(timer);
}
