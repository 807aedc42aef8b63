/** Both stores die at once, and come back in either order (F55). */
import { isReady, until } from '../client/health.js';
import { isCoupon } from '../stage/demand.js';
import type { Scenario } from './scenario.js';
import { Broken } from './scenario.js';
import { underDemand } from './under-demand.js';

export const bothStores: Scenario = {
  name: 'both-stores',
  proves:
    'Stores that die together and come back in either order leave nobody waiting and nothing lost.',
  isInCi: false,
  play: (context) =>
    underDemand(context, async ({ stage, demand }) => {
      const { mysql, redis } = context.arena;
      const backMs: number[] = [];
      for (const order of [
        [redis, mysql],
        [mysql, redis],
      ] as const) {
        await demand.more(30, isCoupon);
        await Promise.all([mysql.kill(), redis.kill()]);
        await demand.more(30);
        const ready = await Promise.all(stage.urls().map(isReady));
        if (ready.includes(true)) throw new Broken('/readyz says ready while MySQL is gone');
        for (const store of order) await store.start();
        const fromMs = performance.now();
        await demand.more(10, isCoupon);
        backMs.push(Math.round(performance.now() - fromMs));
        for (const url of stage.urls()) await until(() => isReady(url), `${url} is ready again`);
      }
      return `ten coupons after both were back: ${backMs.join(' and ')} ms`;
    }),
};
