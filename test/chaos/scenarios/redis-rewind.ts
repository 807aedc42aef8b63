/**
 * Redis is killed and comes back as it was some hundred claims ago: what an append-only file loses whose disk
 * was slow (F12). The files are set back by hand, so it happens for sure and on every machine.
 */
import { isCoupon } from '../stage/demand.js';
import { reopened } from '../stage/gate-watch.js';
import type { Scenario } from './scenario.js';
import { underDemand } from './under-demand.js';

const FORGOTTEN = 80;

export const redisRewind: Scenario = {
  name: 'redis-rewind',
  proves: 'A Redis that comes back from the past sells nothing twice and strands nothing.',
  isInCi: true,
  play: (context) =>
    underDemand(context, async ({ stage, demand }) => {
      const { redis } = context.arena;
      const rounds = context.isNight ? 25 : 2;
      const reopenMs: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const past = redis.copyData();
        await demand.more(FORGOTTEN, isCoupon);
        await redis.kill();
        redis.replaceData(past);
        await redis.start();
        reopenMs.push(await reopened(stage, () => demand.current));
        await demand.more(20, isCoupon);
      }
      return `${rounds} rewinds by ${FORGOTTEN} claims and more, open again after ${Math.max(...reopenMs)} ms at most`;
    }),
};
