/**
 * Opens the gates of templates that are claimable or will be within a minute, so that no claim has to
 * wait for it: before claimFrom, after a restart, and after Redis lost them.
 */
import { JOB_PAGE } from '../config/limits.js';
import { lookAtGate } from '../claim/look-at-gate.js';
import type { RebuildGate } from '../claim/rebuild-gate.js';
import type { Clock } from '../kernel/clock.js';
import type { Database } from '../storage/database.js';
import { toSqlMoment } from '../storage/moments.js';
import type { RedisStore } from '../storage/redis.js';

const WARM_BEFORE_MS = 60_000;

const SOON = `SELECT id, epoch, committed_seq FROM template
  WHERE status = 'ACTIVE' AND claim_until > ? AND claim_from <= ? ORDER BY id LIMIT ${JOB_PAGE}`;

/** @returns how many gates were opened */
export async function warmTemplates(
  database: Database,
  redis: RedisStore,
  rebuild: RebuildGate,
  clock: Clock,
): Promise<number> {
  const nowMs = clock.nowMs();
  const soon = toSqlMoment(nowMs + WARM_BEFORE_MS);
  const templates = await database.rows(SOON, [toSqlMoment(nowMs), soon]);
  let opened = 0;
  for (const row of templates) {
    const id = String(row['id']);
    const gate = await lookAtGate(redis, id);
    const isWarm =
      gate !== undefined &&
      gate.isOfThisLife &&
      gate.epoch >= Number(row['epoch']) &&
      gate.seq >= Number(row['committed_seq']);
    if (isWarm) continue;
    await rebuild.run(id);
    opened += 1;
  }
  return opened;
}
