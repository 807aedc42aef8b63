/**
 * Pools: sets of candidates of which any two may stand together, exclusion groups aside.
 *
 * Stacking is pairwise, so the feasible sets are exactly: one coupon alone; some of those that accept ALL;
 * for one type, some of its SAME_TYPE coupons with some of its ALL coupons. A search of these few
 * pools misses no set.
 */
import type { Candidate } from '../candidate.js';
import { DISCOUNT_KINDS } from '../discounts/index.js';

/** @returns positions in `candidates`, ascending, a pool each; every pool has two or more */
export function poolsOf(candidates: readonly Candidate[]): number[][] {
  const strategyAndType = (accepts: (candidate: Candidate) => boolean): number[] =>
    candidates.flatMap((candidate, i) => (accepts(candidate) ? [i] : []));
  const all = strategyAndType(({ coupon }) => coupon.rules.stackStrategy === 'ALL');
  const sameType = Object.keys(DISCOUNT_KINDS)
    .map((type) =>
      strategyAndType(
        ({ coupon: { rules } }) => rules.type === type && rules.stackStrategy !== 'NONE',
      ),
    )
    .filter((pool) => pool.some((i) => candidates[i]!.coupon.rules.stackStrategy === 'SAME_TYPE'));
  return [all, ...sameType].filter((pool) => pool.length > 1);
}
