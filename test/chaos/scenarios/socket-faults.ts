/** Everything a network does to a link, before Redis and before MySQL (F17–F19, F25, F54). */
import { setTimeout as sleep } from 'node:timers/promises';
import { startTcpProxy, type TcpProxy, type Toxic } from '../arena/tcp-proxy.js';
import { isCoupon } from '../stage/demand.js';
import { readAnswers, told } from '../stage/read-answers.js';
import type { Scenario } from './scenario.js';
import { underDemand, type UnderDemand } from './under-demand.js';

const TOXICS: readonly Toxic[] = [
  { kind: 'cut-after-request', chance: 0.05 },
  { kind: 'cut-mid-reply', chance: 0.05 },
  { kind: 'black-hole' },
  { kind: 'half-open' },
  { kind: 'latency', ms: 100, jitterMs: 50 },
  { kind: 'drip', bytesPerS: 64_000 },
  { kind: 'down' },
];
/** The first of them are played in CI. */
const IN_CI = 3;

export const socketFaults: Scenario = {
  name: 'socket-faults',
  proves:
    'Whatever a network does to a link, each request ends in time, with one effect and the truth.',
  isInCi: true,
  play: (context) => {
    const proxies: Record<'redis' | 'mysql', TcpProxy | undefined> = {
      redis: undefined,
      mysql: undefined,
    };
    return underDemand(
      context,
      async (parts) => {
        const figures: string[] = [];
        for (const [store, proxy] of Object.entries(proxies)) {
          for (const toxic of context.isNight ? TOXICS : TOXICS.slice(0, IN_CI)) {
            const { slowestMs, backMs } = await poison(parts, proxy!, toxic, store);
            figures.push(`${store} ${toxic.kind} ${slowestMs}/${backMs}`);
          }
        }
        return `slowest answer/first coupon after, ms: ${figures.join(', ')}`;
      },
      async (stage) => {
        const chance = () => context.random.next();
        proxies.redis = await startTcpProxy(context.arena.redisUrl(), chance);
        proxies.mysql = await startTcpProxy(stage.mysqlUrl, chance);
        const env = { REDIS_URL: proxies.redis.url, MYSQL_URL: proxies.mysql.url };
        return { env: () => env };
      },
    ).finally(() => {
      for (const proxy of Object.values(proxies)) proxy?.close();
    });
  },
};

/** For a while and some answers; then healed, and coupons must come again. */
async function poison(
  { stage, demand, context }: UnderDemand,
  proxy: TcpProxy,
  toxic: Toxic,
  store: string,
): Promise<{ readonly slowestMs: number; readonly backMs: number }> {
  const { attempts } = stage.customers;
  await demand.more(15, isCoupon);
  const fromMs = performance.now();
  proxy.poison(toxic);
  try {
    await sleep(context.isNight ? 5_000 : 1_200);
    // Redis is never needed for a coupon; without MySQL there is none.
    await demand.more(12, store === 'redis' ? isCoupon : undefined);
  } finally {
    proxy.poison();
  }
  const healedMs = performance.now();
  await demand.more(1, isCoupon);
  const backMs = Math.round(performance.now() - healedMs);
  const seen = readAnswers(attempts, fromMs, healedMs);
  context.say(`${store} ${toxic.kind}: ${told(seen.codes)}`);
  return { slowestMs: seen.slowestMs, backMs };
}
