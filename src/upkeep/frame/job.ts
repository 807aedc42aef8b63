/**
 * What a job is, and what it is given to run with.
 *
 * Promise: a leased job runs in one worker at a time, and what it writes through its run's database is
 * written only while that worker holds the lease (job.store.ts, docs/adr/0013). Every run is bounded: it
 * works in pages, and ends after the page in hand once its signal says so.
 */
import type { Database, Sql } from '../../storage/database.js';

/** Where a job is, for its next run: a watermark, a count. Small, and plain JSON. */
export type Progress = Readonly<Record<string, string | number | boolean | null>>;

/** What a job needs of MySQL. */
export type JobDatabase = Pick<Database, 'rows' | 'transaction'>;

export interface JobResult {
  /** Rows, coupons, templates, entries: whatever the job counts. */
  readonly handled: number;
  /** There was more than one run may do: it is due again at the next tick. */
  readonly isMore?: boolean;
  /** Age of the oldest thing that was due and is not done; 0: nothing is. Without it only time since success counts. */
  readonly lagMs?: number;
}

export interface RunSignal {
  /** Aborted when the run should end: its time is over, the process stops, or its lease is lost. */
  readonly signal: AbortSignal;
}

/** One run of a leased job. */
export interface JobRun extends RunSignal {
  /** MySQL as this run may use it. @throws LeaseLost in a transaction, once another worker took the job over */
  readonly database: JobDatabase;
  /** What an earlier run kept; undefined: nothing yet. */
  readonly progress: Progress | undefined;
  /** Keeps where the job is, in the transaction of the work that got it there. */
  keep(sql: Sql, progress: Progress): Promise<void>;
}

interface Scheduled {
  /** Its key in the table `job` and its label in the metrics. */
  readonly name: string;
  /** When each worker looks whether it is due: six fields of croner, the first is seconds. */
  readonly pattern: string;
  /** How long after a run it is due again, whoever ran it. */
  readonly everyMs: number;
}

export interface LeasedJob extends Scheduled {
  readonly isConcurrent?: false;
  run(run: JobRun): Promise<JobResult>;
}

/** Every worker runs it, at once: only for what shares its work out by other means. */
export interface ConcurrentJob extends Scheduled {
  readonly isConcurrent: true;
  run(run: RunSignal): Promise<JobResult>;
}

export type Job = LeasedJob | ConcurrentJob;

/**
 * Pages one after the other, at once, while each was full and the run may go on.
 * @param page does one page and says how much it handled
 */
export async function inPages(
  { signal }: RunSignal,
  pageSize: number,
  page: () => Promise<number>,
): Promise<{ handled: number; isMore: boolean }> {
  let handled = 0;
  for (;;) {
    const count = await page();
    handled += count;
    if (count < pageSize) return { handled, isMore: false };
    if (signal.aborted) return { handled, isMore: true };
  }
}
