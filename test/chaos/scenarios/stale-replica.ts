/**
 * A replica that stood still is promoted, and the services find it at the old address (F15): what the master
 * answered meanwhile, Redis has never heard of. Then the old master comes back, as far behind as ever.
 */
import { startTcpProxy, type TcpProxy } from '../arena/tcp-proxy.js';
import { startReplica, type Replica } from '../arena/redis-replica.js';
import { isCoupon } from '../stage/demand.js';
import type { Scenario } from './scenario.js';
import { underDemand } from './under-demand.js';

const MISSED = 80;

export const staleReplica: Scenario = {
  name: 'stale-replica',
  proves: 'A promoted replica that missed claims is built from MySQL before it is believed.',
  isInCi: false,
  play: (context) => {
    let proxy: TcpProxy | undefined;
    return underDemand(
      context,
      async ({ demand }) => {
        const { redis } = context.arena;
        const replica: Replica = await startReplica(context.arena);
        try {
          await demand.more(30, isCoupon);
          await replica.inStep();
          replica.freeze();
          await demand.more(MISSED, isCoupon);
          await redis.kill();
          await replica.promote();
          const fromMs = performance.now();
          proxy!.aim(replica.url);
          await demand.more(60, isCoupon);
          const backMs = Math.round(performance.now() - fromMs);
          // The switch back: the old master has what it had when it died.
          await redis.start();
          proxy!.aim(context.arena.redisUrl());
          await demand.more(60, isCoupon);
          return `promoted without ${MISSED} claims and more, 60 coupons within ${backMs} ms, and back`;
        } finally {
          await replica.end();
        }
      },
      async () => {
        proxy = await startTcpProxy(context.arena.redisUrl(), () => context.random.next());
        const redisUrl = proxy.url;
        return { env: () => ({ REDIS_URL: redisUrl }) };
      },
    ).finally(() => proxy?.close());
  },
};
