/** The clock of one of two services jumps by a second, an hour, a day, forward and back, under load. */
import { setTimeout as sleep } from 'node:timers/promises';
import { atStep } from '../arena/at-step.js';
import { shop } from '../client/shopper.js';
import { redisKeys } from '../../../src/storage/redis-keys.js';
import { Broken, onStage, type Scenario } from './scenario.js';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const JUMPS_MS = [SECOND_MS, -SECOND_MS, HOUR_MS, -HOUR_MS, DAY_MS, -DAY_MS, 0, -HOUR_MS];
const EACH_MS = 1_200;
/** An entry is settled after three seconds, by a job that runs each second. */
const SETTLED_WITHIN_MS = 15_000;

export const clockJumps: Scenario = {
  name: 'clock-jumps',
  proves: 'A wall clock that jumps oversells nothing, loses nothing and stops no job.',
  isInCi: true,
  play: (context) =>
    onStage(context, async (stage) => {
      const { customers, redis } = stage;
      const window = { claimFrom: Date.now() - 10 * DAY_MS, claimUntil: Date.now() + 10 * DAY_MS };
      const rules = {
        ...window,
        type: 'DIRECT_CUT' as const,
        tiers: null,
        amount: { amount: '5', currency: 'CNY' },
        perUserLimit: 2,
      };
      const templateId = await stage.template({ ...rules, totalCount: 400 });
      // On a fast machine the other one is sold out by the time somebody must reserve to be left behind.
      const leftId = await stage.template({ ...rules, totalCount: 5 });
      let lives = 0;
      const crew = await stage.hire({
        seats: ['jumps', 'steady'],
        life: (seat) => {
          if (seat === 'jumps') return stage.life('all', {}, ['skew-clock']);
          lives += 1;
          // The second life leaves something behind; none does a job: that is left to the other.
          return lives === 2
            ? stage.life('api', atStep('claim:reserved'), ['crash-at'])
            : stage.life('api');
        },
      });
      for (const [i, skewMs] of JUMPS_MS.entries()) {
        await crew.process('jumps').tell({ skewMs });
        const untilMs = performance.now() + EACH_MS;
        for (let n = 0; performance.now() < untilMs; n += 1) {
          const users = [0, 1, 2, 3].map((k) => `user-${i}-${n % 10}-${k}`);
          await Promise.all(
            users.map((user) => customers.attempt({ user, key: `k${n % 3}`, templateId })),
          );
          await shop({ ...stage, urls: () => crew.urls(), random: context.random }, users[0]!);
        }
      }
      crew.endProcess(crew.process('steady'), 'SIGKILL');
      await crew.process('steady').exit;
      await sleep(0);
      const second = crew.process('steady');
      crew.expectEnd(second);
      await second.ready;
      const left = { user: 'left', key: 'behind', templateId: leftId };
      const answer = await customers.attempt(left, second.url());
      if (answer.kind !== 'NONE')
        throw new Broken(`nothing was left behind: ${JSON.stringify(answer)}`);
      await second.exit;
      const untilMs = performance.now() + SETTLED_WITHIN_MS;
      while ((await redis.client.xlen(redisKeys.journal(leftId))) > 0) {
        if (performance.now() > untilMs)
          throw new Broken(`after a jump back nothing was settled for ${SETTLED_WITHIN_MS} ms`);
        await sleep(100);
      }
      return `${JUMPS_MS.length} jumps`;
    }),
};
