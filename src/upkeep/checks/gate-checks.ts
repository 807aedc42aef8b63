/**
 * What must be true of Redis where it is believed: gates of the template's present epoch and of this
 * life of the server, one a template or one for each of its parts. Claims may run meanwhile, so a template is judged only if nothing of it moved
 * while it was looked at.
 */
import type { GateView } from '../../claim/claim.types.js';
import { lookAtGates } from '../../claim/look-at-gate.js';
import { forEachReachable, notedTemplates } from '../../claim/open-journals.js';
import { gateTagsOf } from '../../claim/rules/gate-tag.js';
import { redisKeys } from '../../storage/redis-keys.js';
import { RedisUnavailable, type RedisStore } from '../../storage/redis.js';
import { readTemplates } from '../../template/template.store.js';
import type { Template } from '../../template/template.types.js';
import { VIOLATIONS_SHOWN_MAX, type CheckSource } from './check.js';

/** The stock Redis has left, plus what MySQL has issued, is the total. Empty where Redis is gone. */
export async function checkGates(source: CheckSource, redis: RedisStore): Promise<string[]> {
  const violations: string[] = [];
  try {
    await forEachReachable(await notedTemplates(redis), async (id) => {
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
 * How the stock of a template's gates differs from MySQL, in words; undefined: it does not, or cannot be judged now.
 * Cheap enough to be asked all the time.
 */
export async function stockDrift(
  source: CheckSource,
  redis: RedisStore,
  id: string,
): Promise<string | undefined> {
  const both = await lookAtBoth(source, redis, id);
  if (both === undefined) return undefined;
  const { gates, template, isStill } = both;
  // The gates were read first, and epochs are raised in MySQL first: this needs no standing still.
  const epoch = Math.max(...gates.map((gate) => gate.epoch));
  if (epoch > template.epoch) {
    return `Redis is at epoch ${epoch}, MySQL only at ${template.epoch}: was a backup restored?`;
  }
  if (!isStill || !isBelieved(both)) return undefined;
  const { issued } = template;
  const { totalCount } = template.rules;
  if (totalCount === null || gates.some(({ stock }) => stock === null)) return undefined;
  // Units on their way between two parts are counted where they came from, until they have arrived.
  const left = gates.reduce((sum, { stock, lent }) => sum + stock! + lent, 0);
  const lost = gates.reduce((sum, { lent, isLoanLost }) => sum + (isLoanLost ? lent : 0), 0);
  if (lost > 0) return `${lost} were lent by one part and did not arrive in another`;
  return left + issued === totalCount
    ? undefined
    : `${left} left and ${issued} issued are not ${totalCount}`;
}

async function takersDrift(
  source: CheckSource,
  redis: RedisStore,
  id: string,
): Promise<string | undefined> {
  const before = await lookAtBoth(source, redis, id);
  if (before === undefined) return undefined;
  const taken = await countTaken(redis, before.template);
  const after = await lookAtBoth(source, redis, id);
  const isSame = JSON.stringify(before) === JSON.stringify(after);
  if (!isSame || !before.isStill || !isBelieved(before)) return undefined;
  const { issued } = before.template;
  return taken === issued ? undefined : `Redis knows ${taken} coupons, MySQL has ${issued}`;
}

async function countTaken(redis: RedisStore, template: Template): Promise<number> {
  let taken = 0;
  for (const tag of gateTagsOf(template)) {
    const key = redisKeys.takers(tag);
    const takers = await redis.ask(key, (client) => client.hvals(key));
    taken += takers.reduce((sum, entries) => sum + entries.split(';').length - 1, 0);
  }
  return taken;
}

interface Both {
  readonly gates: readonly GateView[];
  readonly template: Template;
  /** Nothing of the gates moved while MySQL was read, and nothing was on its way. */
  readonly isStill: boolean;
}

/** The gates, then MySQL, then the gates again. How many there are never changes. */
async function lookAtBoth(
  source: CheckSource,
  redis: RedisStore,
  id: string,
): Promise<Both | undefined> {
  const [first] = await readTemplates(source, [id]);
  if (first === undefined) return undefined;
  const tags = gateTagsOf(first);
  const gates = (await lookAtGates(redis, tags)).filter((gate) => gate !== undefined);
  const [template] = await readTemplates(source, [id]);
  const again = await lookAtGates(redis, tags);
  if (gates.length < tags.length || template === undefined) return undefined;
  const isSame = JSON.stringify(gates) === JSON.stringify(again);
  return { gates, template, isStill: isSame && gates.every(({ pending }) => pending === 0) };
}

function isBelieved({ gates, template }: Both): boolean {
  return gates.every(({ isOfThisLife, epoch }) => isOfThisLife && epoch === template.epoch);
}
