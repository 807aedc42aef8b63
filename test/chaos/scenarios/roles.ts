/**
 * An installation as it is run at scale: two processes that only answer and two that only work, over one MySQL and
 * one Redis. One of each is killed under demand, so that what it had in hand is settled by one of another role.
 */
import { Demand } from '../stage/demand.js';
import type { Stage } from '../stage/stage.js';
import { onStage, type Context, type Scenario } from './scenario.js';

const ROLE_OF = {
  'api-a': 'api',
  'api-b': 'api',
  'worker-a': 'worker',
  'worker-b': 'worker',
} as const;
type Seat = keyof typeof ROLE_OF;

const ROUNDS_IN_CI = 2;
const ROUNDS = 20;
/** Between two kills. */
const ANSWERS = 60;

export const roles: Scenario = {
  name: 'roles',
  proves:
    'Processes that answer and processes that work keep all promises together, whichever is killed.',
  isInCi: true,
  play: (context) => onStage(context, (stage) => play(context, stage)),
};

async function play({ random, isNight }: Context, stage: Stage): Promise<string> {
  stage.isDisturbed = true;
  const crew = await stage.hire({
    seats: Object.keys(ROLE_OF),
    life: (seat) => stage.life(ROLE_OF[seat as Seat]),
    answers: (seat) => ROLE_OF[seat as Seat] === 'api',
  });
  const demand = new Demand(stage, random);
  await demand.start();
  const rounds = isNight ? ROUNDS : ROUNDS_IN_CI;
  try {
    for (let round = 0; round < rounds; round += 1) {
      const letter = round % 2 === 0 ? 'a' : 'b';
      for (const seat of [`api-${letter}`, `worker-${letter}`]) {
        await demand.more(ANSWERS);
        crew.endProcess(crew.process(seat), 'SIGKILL');
      }
      await crew.ready();
    }
    const left = await demand.stop();
    return `${rounds * 2} kills; ${left} asked once more at the end`;
  } finally {
    await demand.abandon();
  }
}
