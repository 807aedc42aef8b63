/**
 * The greedy answer: coupons by what they save alone, each kept if the combination saves more with it.
 * It is where the search starts, so no answer is ever worse.
 */
import { workOfTurn } from './budget.js';
import type { Levels } from './levels.js';
import type { PoolState } from './pool-state.js';
import type { SearchProblem } from './problem.js';

/** Offers what greedy finds among the candidates of a pool. */
export function offerGreedy({ problem, places, best, budget, levels }: PoolState): void {
  const work = workOfTurn(problem);
  const byAlone = Array.from(problem.candidates.keys()).sort(
    (a, b) => problem.aloneMinor[b]! - problem.aloneMinor[a]! || a - b,
  );
  let kept: readonly number[] = [];
  let keptMinor = 0;
  const filled: number[] = [];
  for (const candidate of byAlone) {
    if (kept.length === places || keptMinor === problem.totalMinor) break;
    if (kept.some((other) => sharesGroup(problem, candidate, other))) continue;
    const tried = [...kept, candidate].sort((a, b) => a - b);
    budget.note(work * tried.length);
    const triedMinor = discountOf(levels, tried, filled);
    if (triedMinor <= keptMinor) continue;
    kept = tried;
    keptMinor = triedMinor;
  }
  best.offer(
    keptMinor,
    kept.map((i) => problem.endRank[i]!),
    kept.map((i) => problem.idRank[i]!),
  );
}

function sharesGroup({ group }: SearchProblem, a: number, b: number): boolean {
  return group[a]! >= 0 && group[a] === group[b];
}

/**
 * What the set saves, 0 where one of its coupons saves nothing in its turn.
 * @param filled the coupons whose levels are still filled from the last set; those in common are not done again
 */
function discountOf(levels: Levels, set: readonly number[], filled: number[]): number {
  const last = set.length - 1;
  let depth = 0;
  while (depth < last && depth < filled.length && filled[depth] === set[depth]) depth += 1;
  filled.length = depth;
  for (; depth < last; depth++) {
    if (levels.take(depth, set[depth]!) === 0) return 0;
    filled.push(set[depth]!);
  }
  const { amountMinor } = levels.discount(last, set[last]!);
  return amountMinor === 0 ? 0 : levels.at[last]!.discountMinor + amountMinor;
}
