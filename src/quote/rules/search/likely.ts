/**
 * Offers the set that the bound of a pattern points at: its members and the free coupons worth most.
 * Usually it is the best of the pattern or close to it, so that the search only has to prove it.
 */
import type { Member } from './decisions.js';
import type { PoolState } from './pool-state.js';

/** @param values by candidate, what it is worth beside the pattern; 0 where it may not join */
export function offerLikely(
  { problem, places, best, levels, budget, work }: PoolState,
  pattern: readonly Member[],
  values: Float64Array,
): void {
  const { group, endRank, idRank } = problem;
  const set = new Set(pattern.map(({ candidate }) => candidate));
  const groups = new Set<number>();
  const byValue = Array.from(values.keys())
    .filter((i) => values[i]! > 0)
    .sort((a, b) => values[b]! - values[a]! || endRank[a]! - endRank[b]! || a - b);
  for (const i of byValue) {
    if (set.size === places) break;
    if (group[i]! >= 0 && groups.has(group[i]!)) continue;
    set.add(i);
    groups.add(group[i]!);
  }
  budget.note(work * set.size);
  const kept: number[] = [];
  for (const i of [...set].sort((a, b) => a - b)) {
    if (levels.take(kept.length, i) > 0) kept.push(i);
  }
  best.offer(
    levels.at[kept.length]!.discountMinor,
    kept.map((i) => endRank[i]!),
    kept.map((i) => idRank[i]!),
  );
}
