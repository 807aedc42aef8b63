/**
 * A worker process whose job of expiry is let run and held back in turns, by its own lease: so that claims
 * are measured with it and without it, minute by minute, on a machine that does other things too.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../src/storage/database.js';
import { readJobs, takeLease, type Lease } from '../../src/upkeep/frame/job.store.js';
import { releaseLease } from '../../src/upkeep/frame/record-run.js';
import { startProcess } from '../../test/kit/process.js';

const JOB = { name: 'expire-coupons', everyMs: 5_000 };
/** Longer than any run of the bench: it is given back by hand. */
const HELD_MS = 3_600_000;
const POLL_MS = 50;
/** What was written down is told by the relay; it may be behind for so long. */
const CALM_WITHIN_MS = 60_000;

export interface ExpiryWorker {
  readonly pid: number;
  /** Coupons that its finished runs wrote down. */
  readonly handled: () => Promise<number>;
  /** Lets it go. @returns when a run of it is over, and it is held back again */
  readonly runOnce: () => Promise<void>;
  /** Until the relay has told all that was written down: what is measured then is not the end of a run. */
  readonly calm: () => Promise<void>;
  readonly stop: () => Promise<unknown>;
}

export async function startExpiryWorker(
  database: Database,
  env: Readonly<Record<string, string>>,
): Promise<ExpiryWorker> {
  let lease = await hold(database);
  const worker = await startProcess({ ...env, ROLE: 'worker' });
  const handled = async () => (await jobOf(database))?.handled ?? 0;
  return {
    pid: worker.child.pid!,
    handled,
    runOnce: async () => {
      const before = await handled();
      await releaseLease(database, lease, { result: { handled: 0, isMore: true } });
      while ((await handled()) === before) await sleep(POLL_MS);
      lease = await hold(database);
    },
    calm: async () => {
      const untilMs = performance.now() + CALM_WITHIN_MS;
      while (performance.now() < untilMs && !(await isAllTold(database))) await sleep(POLL_MS);
    },
    stop: () => worker.terminate(),
  };
}

/** Between two of its runs, which is a moment after the first of them. */
async function hold(database: Database): Promise<Lease> {
  for (;;) {
    const wish = { holder: 'bench', leaseMs: HELD_MS, nextMs: 0 };
    const lease = await takeLease(database, JOB, wish).catch(() => undefined);
    if (lease !== undefined) return lease;
    await sleep(POLL_MS);
  }
}

async function jobOf(database: Database) {
  return (await readJobs(database).catch(() => [])).find(({ name }) => name === JOB.name);
}

async function isAllTold(database: Database): Promise<boolean> {
  const [row] = await database.rows(
    `SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM outbox WHERE delivered_at IS NULL LIMIT 100) few) AS due,
       (SELECT position FROM event_cursor WHERE name = 'log') -
       (SELECT position FROM event_cursor WHERE name = 'stream') AS behind`,
  );
  return Number(row!['due']) < 100 && Number(row!['behind']) < 100;
}
