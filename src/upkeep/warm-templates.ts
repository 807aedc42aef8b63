/**
 * Opens the gates of templates that are claimable or will be within a minute, so that no claim has to
 * wait for it: before claimFrom, after a restart, and after Redis lost them.
 */
import { lookAtGate } from '../claim/look-at-gate.js';
import { claimableTemplates, forEachReachable, noteJournals } from '../claim/open-journals.js';
import type { RebuildGate } from '../claim/rebuild-gate.js';
import type { Clock } from '../kernel/clock.js';
import type { Database } from '../storage/database.js';
import type { RedisStore } from '../storage/redis.js';

const WARM_BEFORE_MS = 60_000;

/**
 * @returns how many gates were opened
 * @throws RedisUnavailable where some could not be reached, after all others had their turn
 */
export async function warmTemplates(
  database: Database,
  redis: RedisStore,
  rebuild: RebuildGate,
  clock: Clock,
): Promise<number> {
  const nowMs = clock.nowMs();
  let opened = 0;
  const templates = await Array.fromAsync(
    claimableTemplates(database, nowMs, nowMs + WARM_BEFORE_MS),
  );
  const rows = new Map(templates.map((row) => [String(row['id']), row]));
  await noteJournals(redis, [...rows.keys()]);
  const failure = await forEachReachable(rows.keys(), async (id) => {
    const row = rows.get(id)!;
    const gate = await lookAtGate(redis, id);
    const isWarm =
      gate !== undefined &&
      gate.isOfThisLife &&
      gate.epoch >= Number(row['epoch']) &&
      gate.seq >= Number(row['committed_seq']);
    if (isWarm) return;
    await rebuild.run(id);
    opened += 1;
  });
  if (failure !== undefined) throw failure;
  return opened;
}
