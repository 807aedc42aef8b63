/**
 * A grant that is worked off by worker processes which are killed in the middle: each time it has come some
 * way further, the worker of the moment gets SIGKILL, and another goes on. Used by the bench and by a test.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { readGrant } from '../../src/grant/grant.store.js';
import type { Database } from '../../src/storage/database.js';
import { startProcess } from '../../test/kit/process.js';

export interface KilledRun {
  /** How many had their coupon at each kill. */
  readonly killedAt: readonly number[];
  /** From the first worker's start to DONE, the deaths included. */
  readonly tookMs: number;
  /** While coupons were given: without starting workers and waiting for the leases of dead ones. */
  readonly workedMs: number;
}

const POLL_MS = 50;
/** Nothing was given for longer than this: nobody is at work, a worker starts or waits for a lease. */
const IDLE_AFTER_MS = 1_000;

/** @param onKill what else happens at each kill */
export async function runWithKills(
  database: Database,
  grantId: string,
  kills: number,
  env: Readonly<Record<string, string>>,
  onKill: () => Promise<void> = async () => undefined,
): Promise<KilledRun> {
  const killedAt: number[] = [];
  const startMs = performance.now();
  let workedMs = 0;
  let isDone = false;
  while (!isDone) {
    const worker = await startProcess({ ...env, ROLE: 'worker', LOG_LEVEL: 'info' });
    const { granted: before, requested } = (await readGrant(database, grantId))!;
    const stopAt =
      killedAt.length < kills
        ? before + Math.ceil((requested - before) / (kills + 1 - killedAt.length))
        : Infinity;
    let seen = before;
    let seenAtMs = performance.now();
    for (;;) {
      const grant = (await readGrant(database, grantId))!;
      if (grant.granted > seen) {
        const gapMs = performance.now() - seenAtMs;
        workedMs += gapMs > IDLE_AFTER_MS ? 0 : gapMs;
        seen = grant.granted;
        seenAtMs += gapMs;
      }
      isDone = grant.status === 'DONE';
      if (isDone || grant.granted >= stopAt) break;
      await sleep(POLL_MS);
    }
    await (isDone ? worker.terminate() : worker.kill());
    if (isDone) break;
    killedAt.push((await readGrant(database, grantId))!.granted);
    await onKill();
  }
  return { killedAt, tookMs: performance.now() - startMs, workedMs };
}

/** How many coupons the grant gave, to how many users. */
export async function countGiven(database: Database, grantId: string) {
  const [row] = await database.rows(
    `SELECT COUNT(*) AS coupons, COUNT(DISTINCT c.user_id) AS users
     FROM coupon_origin o JOIN coupon c ON c.id = o.coupon_id WHERE o.origin_id = ?`,
    [grantId],
  );
  return { coupons: Number(row!['coupons']), users: Number(row!['users']) };
}
