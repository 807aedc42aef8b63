/**
 * Opens the gates of templates that are claimable or will be within a minute, so that no claim has to
 * wait for it: before claimFrom, after a restart, and after Redis lost them.
 */
import { JOB_PAGE } from '../config/limits.js';
import type { RebuildGate } from '../claim/rebuild-gate.js';
import type { Clock } from '../kernel/clock.js';
import type { Database } from '../storage/database.js';
import { toSqlMoment } from '../storage/moments.js';
import { redisKeys } from '../storage/redis-keys.js';
import type { RedisStore } from '../storage/redis.js';

const WARM_BEFORE_MS = 60_000;

const SOON = `SELECT id, epoch FROM template
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
  const runId = await redis.serverRunId();
  let opened = 0;
  for (const row of templates) {
    const id = String(row['id']);
    const [epoch, run] = await redis.ask((client) =>
      client.hmget(redisKeys.gate(id), 'epoch', 'run'),
    );
    const isWarm = run === runId && Number(epoch ?? -1) >= Number(row['epoch']);
    if (isWarm) continue;
    await rebuild.run(id);
    opened += 1;
  }
  return opened;
}
