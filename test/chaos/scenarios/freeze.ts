/** Each store is frozen (SIGSTOP): it holds its sockets and answers nothing, then goes on with what it was sent (F16, F26). */
import { setTimeout as sleep } from 'node:timers/promises';
import { isCoupon } from '../stage/demand.js';
import { readAnswers, told } from '../stage/read-answers.js';
import type { Scenario } from './scenario.js';
import { underDemand } from './under-demand.js';

export const freeze: Scenario = {
  name: 'freeze',
  proves:
    'A store that stands still keeps nobody waiting beyond the deadline, and what it does late is told.',
  isInCi: true,
  play: (context) =>
    underDemand(context, async ({ stage, demand }) => {
      const { attempts } = stage.customers;
      const figures: string[] = [];
      for (const name of ['redis', 'mysql'] as const) {
        const store = context.arena[name];
        // Beyond the deadline of a statement, and far beyond it.
        for (const frozenMs of context.isNight ? [500, 1_000, 2_000, 5_000, 10_000] : [2_500]) {
          await demand.more(30, isCoupon);
          const fromMs = performance.now();
          store.freeze();
          await sleep(frozenMs);
          const untilMs = performance.now();
          store.thaw();
          await demand.more(20, isCoupon);
          const seen = readAnswers(attempts, fromMs - 200, untilMs);
          context.say(`${name} frozen for ${frozenMs} ms: ${told(seen.codes)}`);
          figures.push(`${name} ${frozenMs}: slowest ${seen.slowestMs}, ${seen.unknown} unknown`);
        }
      }
      return `frozen for ms: ${figures.join('; ')}`;
    }),
};
