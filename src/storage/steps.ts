/**
 * Names the moments between two effects: where a process may die and the promises must still hold.
 *
 * A step is told to Node's diagnostics channel `coupons:step`. Nobody listens in production, and then it
 * costs one comparison; the crash tests listen, and kill the process there.
 */
import { channel } from 'node:diagnostics_channel';

export const STEPS = [
  'claim:drafted',
  'claim:reserved',
  'commit:sent',
  'commit:opened',
  'commit:inserted',
  'commit:guarded',
  'commit:committed',
  'claim:answering',
  'claim:giving-back',
  'direct:epoch-raised',
  'direct:inserted',
  'rebuild:epoch-raised',
  'rebuild:copied',
  'rebuild:opened',
  'settle:taken-over',
  'hold:reserved',
  'redemption:written',
  'redemption:committed',
  'relay:logged',
  'relay:appended',
  'relay:delivered',
  'grant:asked',
] as const;

export type Step = (typeof STEPS)[number];

const steps = channel('coupons:step');

/** Says that this moment is reached. */
export function reached(name: Step): void {
  if (steps.hasSubscribers) steps.publish(name);
}
