/** Of two services one has lost its link to Redis: its claims go over MySQL alone, and close the gate under the other. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startTcpProxy, type TcpProxy } from '../arena/tcp-proxy.js';
import { isCoupon } from '../stage/demand.js';
import { codeOf, readAnswers, told } from '../stage/read-answers.js';
import { Broken, type Scenario } from './scenario.js';
import { underDemand } from './under-demand.js';

const WINDOW_MS = 3_000;

export const oneBrokenLink: Scenario = {
  name: 'one-broken-link',
  proves:
    'A service that lost its link to Redis takes no coupon and no answer from the one beside it.',
  isInCi: false,
  play: (context) => {
    let proxy: TcpProxy | undefined;
    return underDemand(
      context,
      async ({ stage, demand }) => {
        const { attempts } = stage.customers;
        await demand.more(40, isCoupon);
        const wholeMs = performance.now();
        await sleep(WINDOW_MS);
        const brokenMs = performance.now();
        const rebuilt = await epochOf(stage.database, demand.current);
        proxy!.poison({ kind: 'down' });
        await sleep(WINDOW_MS);
        await demand.more(30, isCoupon);
        const epochs = (await epochOf(stage.database, demand.current)) - rebuilt;
        const healedMs = performance.now();
        proxy!.poison();
        await demand.more(30, isCoupon);
        const failed = attempts.filter(
          (attempt) =>
            attempt.invokedMs > brokenMs &&
            ['UNAVAILABLE', 'NONE', 'OVERLOADED'].includes(codeOf(attempt)),
        );
        if (failed.length > 0) throw new Broken(`${failed.length} claims were not served`);
        const whole = readAnswers(attempts, wholeMs, brokenMs);
        const broken = readAnswers(attempts, brokenMs, healedMs);
        context.say(`with one link broken: ${told(broken.codes)}`);
        return `${whole.couponsPerS} coupons/s whole, ${broken.couponsPerS}/s with one link broken, ${epochs} epochs, slowest answer ${broken.slowestMs} ms`;
      },
      async () => {
        proxy = await startTcpProxy(context.arena.redisUrl(), () => context.random.next());
        const redisUrl = proxy.url;
        return {
          totalCount: 2_500,
          env: (seat) => (seat === 'a' ? { REDIS_URL: redisUrl } : {}),
        };
      },
    ).finally(() => proxy?.close());
  },
};

async function epochOf(
  database: { rows(sql: string, values: string[]): Promise<Record<string, unknown>[]> },
  templateId: string,
): Promise<number> {
  const [row] = await database.rows('SELECT epoch FROM template WHERE id = ?', [templateId]);
  return Number(row?.['epoch']);
}
