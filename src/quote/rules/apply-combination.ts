/**
 * A set of coupons applied to a cart, one turn after the other: the definition of what a combination
 * saves, and where every amount of an answer comes from.
 */
import type { Candidate } from './candidate.js';
import type { CartColumns } from './placed-coupon.js';
import { takeTurn, type Turn } from './take-turn.js';

export interface Application {
  readonly candidate: Candidate;
  readonly turn: Turn;
  /** What was left on every line before its turn. */
  readonly beforeMinor: readonly number[];
}

export interface AppliedCombination {
  readonly applications: readonly Application[];
  readonly discountMinor: number;
  /** What is left on every line at the end. */
  readonly remainingMinor: readonly number[];
}

/** @param candidates in the order of application */
export function applyCombination(
  candidates: readonly Candidate[],
  columns: CartColumns,
): AppliedCombination {
  let remainingMinor: readonly number[] = columns.subtotalMinor;
  let discountMinor = 0;
  const applications = candidates.map((candidate): Application => {
    const beforeMinor = remainingMinor;
    const turn = takeTurn(candidate, columns, beforeMinor);
    const after = [...beforeMinor];
    candidate.eligible.forEach((line, i) => {
      after[line]! -= turn.sharesMinor[i]!;
    });
    remainingMinor = after;
    discountMinor += turn.discountMinor;
    return { candidate, turn, beforeMinor };
  });
  return { applications, discountMinor, remainingMinor };
}
