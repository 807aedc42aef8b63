/**
 * Opens the gates of templates that are claimable or will be within a minute, so that no claim has to
 * wait for it: before claimFrom, after a restart, and after Redis lost them.
 */
import { lookAtGates } from '../claim/look-at-gate.js';
import { claimableTemplates, forEachReachable, noteJournals } from '../claim/open-journals.js';
import type { RebuildGate } from '../claim/rebuild-gate.js';
import { gateTagsOf } from '../claim/rules/gate-tag.js';
import type { Clock } from '../kernel/clock.js';
import type { RedisStore } from '../storage/redis.js';
import type { JobDatabase } from './frame/job.js';

const WARM_BEFORE_MS = 60_000;

/**
 * @returns of how many templates the gates were opened
 * @throws RedisUnavailable where some could not be reached, after all others had their turn
 */
export async function warmTemplates(
  database: JobDatabase,
  redis: RedisStore,
  rebuild: RebuildGate,
  clock: Clock,
): Promise<number> {
  const nowMs = clock.nowMs();
  let opened = 0;
  const templates = await Array.fromAsync(
    claimableTemplates(database, nowMs, nowMs + WARM_BEFORE_MS),
  );
  const byId = new Map(templates.map((template) => [template.id, template]));
  await noteJournals(redis, templates.flatMap(gateTagsOf));
  const failure = await forEachReachable(byId.keys(), async (id) => {
    const template = byId.get(id)!;
    const gates = await lookAtGates(redis, gateTagsOf(template));
    const isWarm = gates.every(
      (gate) =>
        gate !== undefined &&
        gate.isOfThisLife &&
        gate.epoch >= template.epoch &&
        gate.seq >= template.committedSeq,
    );
    if (isWarm) return;
    await rebuild.run(id);
    opened += 1;
  });
  if (failure !== undefined) throw failure;
  return opened;
}
