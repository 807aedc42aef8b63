/** Redis loses everything, or one key: by a restart without its files, FLUSHALL, or a hand (F13, F14). */
import { redisKeys } from '../../../src/storage/redis-keys.js';
import { Customers } from '../client/customer.js';
import { isCoupon } from '../stage/demand.js';
import { reopened } from '../stage/gate-watch.js';
import { largeTemplate } from '../stage/large-template.js';
import { Broken, type Scenario } from './scenario.js';
import { underDemand, type UnderDemand } from './under-demand.js';

const KEYS = ['gate', 'takers', 'journal'] as const;
/** The goal is 5 s for 100,000; this machine may be busy. */
const REOPEN_GOAL_MS = 15_000;

export const redisEmpty: Scenario = {
  name: 'redis-empty',
  proves: 'What Redis loses is read from MySQL again, and is never taken for "nothing was issued".',
  isInCi: true,
  play: (context) => underDemand(context, emptyAll),
};

async function emptyAll(parts: UnderDemand): Promise<string> {
  const { stage, demand, context } = parts;
  const reopenMs: number[] = [];
  const lose = async (harm: () => Promise<unknown>) => {
    await demand.more(40, isCoupon);
    await harm();
    reopenMs.push(await reopened(stage, () => demand.current));
    await demand.more(20, isCoupon);
  };
  const rounds = context.isNight ? 20 : 1;
  for (let round = 0; round < rounds; round += 1) {
    await lose(() => restartEmpty(parts));
    await lose(() => stage.redis.client.flushall());
    for (const key of KEYS)
      await lose(() => stage.redis.client.del(redisKeys[key](demand.current)));
  }
  const coupons = context.isNight ? 100_000 : 10_000;
  const largeMs = await reopenLarge(parts, coupons);
  return `${reopenMs.length} losses, open again after ${Math.max(...reopenMs)} ms at most; with ${coupons} coupons after ${largeMs} ms`;
}

async function restartEmpty({ context }: UnderDemand): Promise<void> {
  const { redis } = context.arena;
  await redis.kill();
  redis.empty();
  await redis.start();
}

/** Asked for by customers of its own, as a template that has issued so many is. */
async function reopenLarge(parts: UnderDemand, coupons: number): Promise<number> {
  const { stage } = parts;
  const templateId = await largeTemplate(stage, coupons);
  await restartEmpty(parts);
  const customers = new Customers(stage);
  const opened = new AbortController();
  const asking = (async () => {
    for (let n = 0; !opened.signal.aborted; n += 1)
      await customers.attempt({ user: `large-${n % 50}`, key: 'one', templateId });
  })();
  const tookMs = await reopened(stage, () => templateId).finally(() => opened.abort());
  await asking;
  if (tookMs > REOPEN_GOAL_MS) throw new Broken(`${coupons} coupons took ${tookMs} ms to reopen`);
  return tookMs;
}
