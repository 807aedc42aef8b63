/**
 * What must be true of Redis where it is believed: a gate of the template's present epoch and of this
 * life of the server. Claims may run meanwhile, so a template is judged only if nothing of it moved
 * while it was looked at.
 */
import { CLAIM_SQL } from '../../claim/claim.store.js';
import { lookAtGate, type GateView } from '../../claim/look-at-gate.js';
import { forEachReachable, notedJournals } from '../../claim/open-journals.js';
import type { Row } from '../../storage/database.js';
import { redisKeys } from '../../storage/redis-keys.js';
import { RedisUnavailable, type RedisStore } from '../../storage/redis.js';
import { VIOLATIONS_SHOWN_MAX, type CheckSource } from './check.js';

/** The stock Redis has left, plus what MySQL has issued, is the total. Empty where Redis is gone. */
export async function checkGates(source: CheckSource, redis: RedisStore): Promise<string[]> {
  const violations: string[] = [];
  try {
    await forEachReachable(await notedJournals(redis), async (id) => {
      if (violations.length >= VIOLATIONS_SHOWN_MAX) return;
      const drift = (await stockDrift(source, redis, id)) ?? (await takersDrift(source, redis, id));
      if (drift !== undefined) violations.push(`template ${id}: ${drift}`);
    });
  } catch (error) {
    if (!(error instanceof RedisUnavailable)) throw error;
  }
  return violations;
}

/**
 * How the stock of a gate differs from MySQL, in words; undefined: it does not, or cannot be judged now.
 * Cheap enough to be asked all the time.
 */
export async function stockDrift(
  source: CheckSource,
  redis: RedisStore,
  id: string,
): Promise<string | undefined> {
  const both = await lookAtBoth(source, redis, id);
  if (both === undefined) return undefined;
  const { gate, row, isStill } = both;
  // The gate was read first, and epochs are raised in MySQL first: this needs no standing still.
  if (gate.epoch > Number(row['epoch'])) {
    return `Redis is at epoch ${gate.epoch}, MySQL only at ${row['epoch']}: was a backup restored?`;
  }
  if (!isStill || !isBelieved(both)) return undefined;
  const issued = Number(row['issued']);
  const total = row['total_count'];
  if (total === null || gate.stock === null || gate.stock + issued === Number(total))
    return undefined;
  return `${gate.stock} left and ${issued} issued are not ${total}`;
}

async function takersDrift(
  source: CheckSource,
  redis: RedisStore,
  id: string,
): Promise<string | undefined> {
  const before = await lookAtBoth(source, redis, id);
  const key = redisKeys.takers(id);
  const takers = await redis.ask(key, (client) => client.hvals(key));
  const after = await lookAtBoth(source, redis, id);
  const isSame = JSON.stringify(before) === JSON.stringify(after);
  if (before === undefined || !isSame || !before.isStill || !isBelieved(before)) return undefined;
  const taken = takers.reduce((sum, entries) => sum + entries.split(';').length - 1, 0);
  const issued = Number(before.row['issued']);
  return taken === issued ? undefined : `Redis knows ${taken} coupons, MySQL has ${issued}`;
}

interface Both {
  readonly gate: GateView;
  readonly row: Row;
  /** Nothing of the gate moved while MySQL was read, and nothing was on its way. */
  readonly isStill: boolean;
}

/** The gate, then MySQL, then the gate again. */
async function lookAtBoth(
  source: CheckSource,
  redis: RedisStore,
  id: string,
): Promise<Both | undefined> {
  const gate = await lookAtGate(redis, id);
  const [row] = await source.rows(CLAIM_SQL.stockOf, [id]);
  const again = await lookAtGate(redis, id);
  if (gate === undefined || row === undefined) return undefined;
  const isStill = JSON.stringify(gate) === JSON.stringify(again) && gate.pending === 0;
  return { gate, row, isStill };
}

function isBelieved({ gate, row }: Both): boolean {
  return gate.isOfThisLife && gate.epoch === Number(row['epoch']);
}
