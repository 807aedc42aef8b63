/**
 * What must be true of Redis where it is believed: a gate of the template's present epoch and of this
 * life of the server. Claims may run meanwhile, so a template is judged only if nothing of it moved
 * while it was looked at.
 */
import { CLAIM_SQL } from '../../claim/claim.store.js';
import { redisKeys } from '../../storage/redis-keys.js';
import { RedisUnavailable, type RedisStore } from '../../storage/redis.js';
import { VIOLATIONS_SHOWN_MAX, type CheckSource } from './check.js';

interface Gate {
  readonly epoch: number;
  readonly run: string;
  readonly stock: string;
  readonly pending: number;
  readonly taken: number;
}

/** The stock Redis has left, plus what MySQL has issued, is the total. Empty where Redis is gone. */
export async function checkGates(source: CheckSource, redis: RedisStore): Promise<string[]> {
  try {
    const runId = await redis.serverRunId();
    const templateIds = await redis.ask((client) => client.smembers(redisKeys.openJournals));
    const violations: string[] = [];
    for (const id of templateIds) {
      if (violations.length >= VIOLATIONS_SHOWN_MAX) break;
      violations.push(...(await checkGate(source, redis, id, runId)));
    }
    return violations;
  } catch (error) {
    if (error instanceof RedisUnavailable) return [];
    throw error;
  }
}

async function checkGate(
  source: CheckSource,
  redis: RedisStore,
  id: string,
  runId: string,
): Promise<string[]> {
  const before = await readGate(redis, id);
  const [row] = await source.rows(CLAIM_SQL.stockOf, [id]);
  const after = await readGate(redis, id);
  const isStill = JSON.stringify(before) === JSON.stringify(after) && before.pending === 0;
  const isBelieved = before.run === runId && before.epoch === Number(row?.['epoch']);
  if (row === undefined || !isStill || !isBelieved) return [];
  const issued = Number(row['issued']);
  const total = row['total_count'];
  const problems: string[] = [];
  if (total !== null && Number(before.stock) + issued !== Number(total)) {
    problems.push(`template ${id}: ${before.stock} left and ${issued} issued are not ${total}`);
  }
  if (before.taken !== issued) {
    problems.push(`template ${id}: Redis knows ${before.taken} coupons, MySQL has ${issued}`);
  }
  return problems;
}

async function readGate(redis: RedisStore, id: string): Promise<Gate> {
  const [epoch, run, stock] = await redis.ask((client) =>
    client.hmget(redisKeys.gate(id), 'epoch', 'run', 'stock'),
  );
  const pending = await redis.ask((client) => client.xlen(redisKeys.journal(id)));
  const takers = await redis.ask((client) => client.hvals(redisKeys.takers(id)));
  const taken = takers.reduce((sum, entries) => sum + entries.split(';').length - 1, 0);
  return { epoch: Number(epoch ?? -1), run: run ?? '', stock: stock ?? '', pending, taken };
}
