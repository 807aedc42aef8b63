/** Redis is gone for a while: claims and orders go on over MySQL alone, and what comes back is built first (F16, F23). */
import { setTimeout as sleep } from 'node:timers/promises';
import { isCoupon } from '../stage/demand.js';
import { reopened } from '../stage/gate-watch.js';
import { readAnswers, told } from '../stage/read-answers.js';
import type { Scenario } from './scenario.js';
import { underDemand } from './under-demand.js';

const WINDOW_MS = 2_500;
/** One template for the whole of it, so that the rates are of claims and not of templates. */
const PLENTY = 2_500;

export const redisDown: Scenario = {
  name: 'redis-down',
  proves:
    'Claims go on without Redis, with the same promises, and Redis is built again before it is believed.',
  isInCi: false,
  play: (context) =>
    underDemand(
      context,
      async ({ stage, demand }) => {
        const { redis } = context.arena;
        const { attempts } = stage.customers;
        await demand.more(40, isCoupon);
        const withMs = performance.now();
        await sleep(WINDOW_MS);
        const goneMs = performance.now();
        await redis.kill();
        await sleep(WINDOW_MS);
        await demand.more(30, isCoupon);
        const backMs = performance.now();
        await redis.start();
        const reopenMs = await reopened(stage, () => demand.current);
        await demand.more(20, isCoupon);
        const before = readAnswers(attempts, withMs, goneMs);
        const alone = readAnswers(attempts, goneMs, backMs);
        context.say(`without Redis: ${told(alone.codes)}`);
        const ratio = Math.round((100 * alone.couponsPerS) / Math.max(1, before.couponsPerS));
        return `${before.couponsPerS} coupons/s with Redis, ${alone.couponsPerS}/s without (${ratio} %), slowest answer ${alone.slowestMs} ms; open again after ${reopenMs} ms`;
      },
      () => ({ totalCount: PLENTY }),
    ),
};
