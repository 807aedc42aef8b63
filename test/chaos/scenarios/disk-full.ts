/** The disk of each store is full for a while (F21, F29): a real one, small and of its own, so it needs root. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isRoot, putOnSmallDisk } from '../arena/small-disk.js';
import { isCoupon } from '../stage/demand.js';
import { readAnswers, told } from '../stage/read-answers.js';
import { Broken, type Scenario } from './scenario.js';
import { underDemand } from './under-demand.js';

const FULL_MS = 4_000;
/** MariaDB's own files have about 130 MB. */
const SIZE_MB = { redis: 64, mysql: 400 };

export const diskFull: Scenario = {
  name: 'disk-full',
  proves:
    'A store whose disk is full loses nothing that was answered, and goes on when there is room.',
  isInCi: false,
  needsRoot: true,
  play: async (context) => {
    if (!isRoot) throw new Broken('a disk of its own can be made by root only');
    const figures: string[] = [];
    const broken: string[] = [];
    for (const name of ['redis', 'mysql'] as const) {
      const disk = await putOnSmallDisk(context.arena[name], SIZE_MB[name]);
      try {
        const outcome = await underDemand(context, async ({ stage, demand }) => {
          const { attempts } = stage.customers;
          await demand.more(30, isCoupon);
          const fromMs = performance.now();
          disk.fill();
          await sleep(FULL_MS).finally(() => disk.free());
          const untilMs = performance.now();
          await demand.more(20, isCoupon);
          const backMs = Math.round(performance.now() - untilMs);
          const seen = readAnswers(attempts, fromMs, untilMs);
          context.say(`disk of ${name} full: ${told(seen.codes)}`);
          return `${name}: ${seen.couponsPerS} coupons/s while full, slowest answer ${seen.slowestMs} ms, 20 more ${backMs} ms after`;
        });
        figures.push(outcome.figures);
        broken.push(...outcome.broken);
      } finally {
        await disk.remove();
        await context.arena.heal();
      }
    }
    return { figures: figures.join('; '), broken };
  },
};
