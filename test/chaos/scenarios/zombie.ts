/**
 * Five services are frozen in the middle of a claim, each at another step and on a template of its own, for
 * longer than any deadline. A healthy one goes on and settles what they left. Thawed, they finish what they
 * had begun: nothing of it may change what was decided meanwhile.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Step } from '../../../src/storage/steps.js';
import { atStep } from '../arena/at-step.js';
import { Broken, onStage, type Scenario } from './scenario.js';

const FREEZE_AT: readonly Step[] = [
  'claim:reserved',
  'commit:sent',
  'commit:inserted',
  'commit:guarded',
  'commit:committed',
];
const FROZEN_MS = 12_000;
const AT_ONCE = 12;
const LOOK_MS = 300;
const TRIES = 4;

export const zombie: Scenario = {
  name: 'zombie',
  proves: 'A process that froze in a batch and wakes up later changes nothing that was decided.',
  isInCi: true,
  play: (context) =>
    onStage(context, async (stage) => {
      const { customers } = stage;
      const seats = FREEZE_AT.map((step) => `frozen at ${step}`);
      const crew = await stage.hire({
        seats: ['healthy', ...seats],
        life: (seat) => {
          const step = FREEZE_AT[seats.indexOf(seat)];
          if (step === undefined) return stage.life('all');
          return stage.life('api', atStep(step, 1, 'SIGSTOP'), ['crash-at']);
        },
      });
      const healthy = crew.process('healthy').url()!;
      const templates = await Promise.all(seats.map(() => stage.template({ totalCount: 60 })));
      const frozen = seats.flatMap((seat, i) =>
        Array.from({ length: AT_ONCE }, (_, n) =>
          customers.attempt(
            { user: `user-${n}`, key: `frozen-${i}`, templateId: templates[i]! },
            crew.process(seat).url(),
          ),
        ),
      );
      await sleep(LOOK_MS);
      const untilMs = performance.now() + FROZEN_MS;
      // The keys in frozen hands are asked for again elsewhere, and others want a coupon too.
      const again = templates.flatMap((templateId, i) =>
        Array.from({ length: AT_ONCE }, (_, n) =>
          customers.insist({ user: `user-${n}`, key: `frozen-${i}`, templateId }, TRIES, healthy),
        ),
      );
      const won = await Promise.all(
        templates.map(async (templateId, i) => {
          let count = 0;
          for (let n = 0; performance.now() < untilMs; n += 1) {
            const claim = { user: `other-${n}`, key: `other-${i}`, templateId };
            const answer = await customers.attempt(claim, healthy);
            if (answer.kind === 'COUPON') count += 1;
            await sleep(LOOK_MS);
          }
          return count;
        }),
      );
      for (const seat of seats) crew.process(seat).signal('SIGCONT');
      await Promise.all([...frozen, ...again]);
      const stuck = FREEZE_AT.filter((_, i) => won[i] === 0);
      if (stuck.length > 0)
        throw new Broken(
          `nobody could claim for ${FROZEN_MS} ms beside one frozen at ${stuck.join(', ')}`,
        );
      return `frozen ${FROZEN_MS / 1_000} s at ${FREEZE_AT.length} steps, ${won.join(' + ')} claimed meanwhile`;
    }),
};
