/**
 * Compares what Redis has left with what MySQL has issued, and has Redis told anew where they differ:
 * a unit that was lost in between (a key deleted by hand, a reservation whose giving back was lost, a
 * process that died between lending a unit and adding it to another part) is back in stock. The safe repair only: MySQL is the record, and Redis is built from it.
 */
import { forEachReachable, notedTemplates } from '../claim/open-journals.js';
import { RecordBehind, type RebuildGate } from '../claim/rebuild-gate.js';
import type { RedisStore } from '../storage/redis.js';
import { stockDrift } from './checks/gate-checks.js';
import type { JobDatabase, JobRun } from './frame/job.js';

export interface Drift {
  readonly templateId: string;
  readonly what: string;
  readonly isRepaired: boolean;
}

/** @returns what was found, and whether it is repaired */
export async function reconcileGates(
  database: JobDatabase,
  redis: RedisStore,
  rebuild: RebuildGate,
): Promise<Drift[]> {
  const found: Drift[] = [];
  await forEachReachable(await notedTemplates(redis), async (templateId) => {
    const what = await stockDrift(database, redis, templateId);
    if (what === undefined) return;
    found.push({ templateId, what, isRepaired: await repair(rebuild, templateId) });
  });
  return found;
}

/** Keeps how many were found last and when, so that the query `alerts` can tell of it. */
export async function noteDrifts(run: JobRun, drifted: number, nowMs: number): Promise<void> {
  if (drifted === 0) return;
  const found = { drifted, driftedAtMs: nowMs };
  await run.database.transaction((sql) => run.keep(sql, found));
}

/** @returns false: MySQL was set back, and only a person can say what is right */
async function repair(rebuild: RebuildGate, templateId: string): Promise<boolean> {
  try {
    await rebuild.run(templateId);
    return true;
  } catch (error) {
    if (error instanceof RecordBehind) return false;
    throw error;
  }
}
