/**
 * The coupons that are decided before all others, because the bound is loose until they are: percentages,
 * which weaken each other, and those with a threshold or tiers on what remains, which others may push
 * over an edge. Of the latter it is decided too which tier they reach.
 */
import type { SearchLimits } from './limits.js';
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

/** @returns what saves most alone first */
export function decisionsOf(
  problem: SearchProblem,
  { fewCandidates, maxPatterns }: SearchLimits,
): Decision[] {
  const { aloneMinor, candidates, keptBps } = problem;
  if (candidates.length <= fewCandidates) return [];
  const byAlone = Array.from(candidates.keys()).sort(
    (a, b) => aloneMinor[b]! - aloneMinor[a]! || a - b,
  );
  const decisions: Decision[] = [];
  let patterns = 1;
  for (const candidate of byAlone) {
    if (keptBps[candidate]! < 0 && stepsOf(problem, candidate).length === 0) continue;
    const ways = waysOf(problem, candidate);
    patterns *= ways.length + 1;
    if (patterns > maxPatterns) break;
    decisions.push({ candidate, ways });
  }
  return decisions;
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
