/**
 * Wakes the jobs in this worker. Every worker looks at every job; the lease decides who runs it, so there
 * is no leader to elect, and a worker that dies is missed by nobody for longer than a lease.
 */
import { Cron } from 'croner';
import { JOB_NOTE_EVERY_MS } from '../../config/limits.js';
import type { Database } from '../../storage/database.js';
import type { ConcurrentJob, Job } from './job.js';
import { noteRun, type RunEnd } from './record-run.js';
import { LeaseLost, runLeased } from './run-leased.js';

export interface Jobs {
  /** Starts no new run; resolves when the running ones have ended and their leases with them. */
  stop(): Promise<void>;
}

export type RunOutcome = 'done' | 'failed' | 'lost';

export interface JobsObserver {
  /** After each run of this worker. */
  ran(job: string, outcome: RunOutcome, tookMs: number, handled: number): void;
  failed(job: string, error: unknown): void;
}

export interface ScheduleParts {
  readonly database: Database;
  /** This worker, other than every other. */
  readonly holder: string;
  readonly observer: JobsObserver;
}

export function scheduleJobs(jobs: readonly Job[], parts: ScheduleParts): Jobs {
  const running = new Set<Promise<unknown>>();
  const stopping = new AbortController();
  const crons = jobs.map((job) => {
    const once = runnerOf(job, parts, stopping.signal);
    return new Cron(job.pattern, { protect: true, unref: true }, async () => {
      const run = observed(job.name, parts.observer, once);
      running.add(run);
      await run.finally(() => running.delete(run));
    });
  });
  return {
    stop: async () => {
      for (const cron of crons) cron.stop();
      stopping.abort();
      await Promise.all(running);
    },
  };
}

type Once = () => Promise<RunEnd | undefined>;

function runnerOf(job: Job, { database, holder }: ScheduleParts, stopping: AbortSignal): Once {
  return job.isConcurrent === true
    ? concurrentRunner(job, database, stopping)
    : () => runLeased(job, { database, holder, stopping });
}

/** Its record is for people to read: that it lives is written down now and then, not every second by everybody. */
function concurrentRunner(job: ConcurrentJob, database: Database, stopping: AbortSignal): Once {
  let notedAtMs = -Infinity;
  let handled = 0;
  return async () => {
    const end = await job.run({ signal: stopping }).then(
      (result): RunEnd => ({ result }),
      (error: unknown): RunEnd => ({ error }),
    );
    if ('result' in end) handled += end.result.handled;
    if (performance.now() - notedAtMs < JOB_NOTE_EVERY_MS) return end;
    await noteRun(database, job, 'result' in end ? { result: { ...end.result, handled } } : end);
    notedAtMs = performance.now();
    handled = 0;
    return end;
  };
}

async function observed(name: string, observer: JobsObserver, once: Once): Promise<void> {
  const startMs = performance.now();
  const end = await once().catch((error: unknown): RunEnd => ({ error }));
  if (end === undefined) return;
  const tookMs = performance.now() - startMs;
  if ('result' in end) return observer.ran(name, 'done', tookMs, end.result.handled);
  observer.ran(name, end.error instanceof LeaseLost ? 'lost' : 'failed', tookMs, 0);
  observer.failed(name, end.error);
}
