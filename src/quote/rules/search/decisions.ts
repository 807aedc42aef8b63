/**
 * The coupons that are decided before all others, because the bound is loose until they are: percentages,
 * which weaken each other, and those with a threshold or tiers on what remains, which others may push
 * over an edge. Of the latter it is decided too which tier they reach.
 */
import type { SearchProblem } from './problem.js';

/** A decided coupon in the set. */
export interface Member {
  readonly candidate: number;
  /** Its basis in its turn is at least so much; with less it is in the set in another way, or not. */
  readonly fromMinor: number;
  /** What it saves in this way, at most; with more it is in the set in another way. */
  readonly mostMinor: number;
}

/** The ways in which a coupon can be in the set, the best first; or it is not. */
export interface Decision {
  readonly candidate: number;
  readonly ways: readonly Member[];
}

/** More of a kind would be decided where their weight no longer matters. */
const MAX_PERCENTAGES = 12;
const MAX_STEPPED = 8;

/** @returns what saves most alone first */
export function decisionsOf(problem: SearchProblem): Decision[] {
  const { aloneMinor, candidates, keptBps } = problem;
  const byAlone = Array.from(candidates.keys()).sort(
    (a, b) => aloneMinor[b]! - aloneMinor[a]! || a - b,
  );
  const percentages = byAlone.filter((i) => keptBps[i]! >= 0).slice(0, MAX_PERCENTAGES);
  const stepped = byAlone
    .filter((i) => keptBps[i]! < 0 && stepsOf(problem, i).length > 0)
    .slice(0, MAX_STEPPED);
  return [...percentages, ...stepped]
    .sort((a, b) => aloneMinor[b]! - aloneMinor[a]! || a - b)
    .map((candidate) => ({ candidate, ways: waysOf(problem, candidate) }));
}

function waysOf(problem: SearchProblem, candidate: number): Member[] {
  const steps = stepsOf(problem, candidate);
  if (steps.length === 0) {
    const mostMinor = problem.aloneMinor[candidate]!;
    return [{ candidate, fromMinor: 0, mostMinor }];
  }
  return steps
    .map((fromMinor, i): Member => {
      const belowMinor = steps[i + 1] ?? Infinity;
      return { candidate, fromMinor, mostMinor: mostBelow(problem, candidate, belowMinor) };
    })
    .reverse();
}

/** The steps that are within reach of a basis that others diminish; none for an ORIGINAL basis. */
function stepsOf({ candidates }: SearchProblem, i: number): number[] {
  const { coupon, kind, originalMinor } = candidates[i]!;
  if (coupon.rules.thresholdBasis === 'ORIGINAL') return [];
  const steps = kind.stepsMinor(coupon.rules).filter((step) => step <= originalMinor);
  return steps.length === 1 && steps[0] === 0 ? [] : steps;
}

function mostBelow(
  { aloneMinor, candidates }: SearchProblem,
  candidate: number,
  belowMinor: number,
): number {
  const { coupon, kind, originalMinor } = candidates[candidate]!;
  const baseMinor = Math.min(originalMinor, belowMinor - 1);
  const { rules, faceValueMinor } = coupon;
  const ceilingMinor = kind.ceilingMinor({
    rules,
    faceValueMinor,
    basisMinor: baseMinor,
    baseMinor,
  });
  return Math.min(aloneMinor[candidate]!, baseMinor, ceilingMinor);
}
