/** A deployment under load: one after the other is taken out of the balancer's list, stopped and replaced. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Exit, ServiceProcess } from '../arena/service-process.js';
import { Broken, onStage, type Scenario } from './scenario.js';

const SEATS = ['a', 'b'];
const ROUNDS_IN_CI = 6;
const ROUNDS = 50;
const CUSTOMERS = 8;
/** Until the balancer has noticed. */
const NOTICE_MS = 50;

export const rollingRestart: Scenario = {
  name: 'rolling-restart',
  proves: 'SIGTERM under load loses no request, and every process ends with 0.',
  isInCi: true,
  play: (context) =>
    onStage(context, async (stage) => {
      const rounds = context.isNight ? ROUNDS : ROUNDS_IN_CI;
      const templateId = await stage.template({ totalCount: null, perUserLimit: 100 });
      const exits: Exit[] = [];
      const crew = await stage.hire({
        seats: SEATS,
        life: () => stage.life('all'),
        onExit: (_, exit) => exits.push(exit),
      });
      const demand = { isOver: false, asked: 0 };
      const customers = Array.from({ length: CUSTOMERS }, async (_, i) => {
        while (!demand.isOver) {
          demand.asked += 1;
          const { asked } = demand;
          await stage.customers.attempt({
            user: `user-${i}-${asked % 90}`,
            key: `k${asked}`,
            templateId,
          });
        }
      });
      const tookMs: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const leaving = crew.process(SEATS[round % SEATS.length]!);
        tookMs.push(await replace(leaving));
      }
      demand.isOver = true;
      await Promise.all(customers);
      const lost = stage.customers.attempts.filter(({ answer }) => answer.kind === 'NONE');
      const [first] = lost;
      if (lost.length > 0)
        throw new Broken(`${lost.length} requests lost: ${JSON.stringify(first?.answer)}`);
      const unclean = exits.filter(({ code }) => code !== 0);
      if (unclean.length > 0)
        throw new Broken(
          `ended with ${JSON.stringify(unclean)} after ${tookMs.map(Math.round).join(', ')} ms`,
        );
      return `${rounds} rounds, 0 of ${demand.asked} requests lost, drained within ${Math.round(Math.max(...tookMs))} ms`;

      async function replace(leaving: ServiceProcess): Promise<number> {
        crew.retire(leaving);
        await sleep(NOTICE_MS);
        const startedMs = performance.now();
        crew.endProcess(leaving, 'SIGTERM');
        await leaving.exit;
        const endedMs = performance.now();
        await sleep(0);
        await crew.ready();
        return endedMs - startedMs;
      }
    }),
};
