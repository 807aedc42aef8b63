/**
 * How much a claim looks like one of many by a machine, from what was seen lately: 0 to 1.
 *
 * Each signal is a suspicion that grows evenly between two counts; suspicions add up as independent ones
 * do, 1 − ∏(1 − s). A network alone never makes anybody be asked: an office is many people in one place.
 * The counts are of people: nobody taps twenty coupons a minute, no family has eight accounts on a phone.
 */
import type { Signals } from '../guard.types.js';

interface Suspicion {
  readonly of: (signals: Signals) => number;
  /** Up to this many: none. */
  readonly from: number;
  /** From this many on: `most`. */
  readonly to: number;
  readonly most: number;
}

const SUSPICIONS: readonly Suspicion[] = [
  { of: ({ deviceUsers }) => deviceUsers, from: 2, to: 8, most: 0.9 },
  { of: ({ deviceClaims }) => deviceClaims, from: 10, to: 40, most: 0.9 },
  { of: ({ userClaims }) => userClaims, from: 20, to: 60, most: 0.9 },
  { of: ({ networkClaims }) => networkClaims, from: 60, to: 200, most: 0.5 },
];

export function behaviourScore(signals: Signals): number {
  return (
    1 -
    SUSPICIONS.reduce((innocence, { of, from, to, most }) => {
      const share = Math.min(1, Math.max(0, (of(signals) - from) / (to - from)));
      return innocence * (1 - share * most);
    }, 1)
  );
}
