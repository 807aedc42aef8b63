/**
 * Finds the best combination of all candidates: greedy first, then every pool by branch and bound under
 * one budget of nodes.
 */
import type { Candidate } from '../candidate.js';
import type { CartColumns } from '../placed-coupon.js';
import { byCodeUnits } from '../order-of-application.js';
import type { Optimality, QuoteContext } from '../quote.types.js';
import { Budget } from './budget.js';
import { Incumbent } from './incumbent.js';
import { SEARCH_LIMITS } from './limits.js';
import { PoolSearch } from './pool-search.js';
import { poolsOf } from './pools.js';
import { searchProblem, type RankedCandidate } from './problem.js';

export interface BestCombination {
  /** In the order of application. */
  readonly candidates: readonly Candidate[];
  readonly optimality: Optimality;
  readonly upperBoundMinor: number | null;
  readonly nodes: number;
}

/** @param candidates in the order of application */
export function findBestCombination(
  candidates: readonly Candidate[],
  columns: CartColumns,
  { maxCoupons, nodeLimit }: Pick<QuoteContext, 'maxCoupons' | 'nodeLimit'>,
  limits = SEARCH_LIMITS,
): BestCombination {
  const ranked = rank(candidates);
  const best = new Incumbent();
  const budget = new Budget(nodeLimit, limits.maxWork);
  for (const one of ranked) {
    if (maxCoupons > 0) best.offer(one.candidate.aloneMinor, [one.endRank], [one.idRank]);
  }
  const pools = poolsOf(ranked.map(({ candidate }) => candidate))
    .map((pool) => pool.map((i) => ranked[i]!))
    .sort((a, b) => mostOf(b, maxCoupons) - mostOf(a, maxCoupons));
  const searches = pools.flatMap((pool) => {
    if (mostOf(pool, maxCoupons) < best.discountMinor) return [];
    const search = new PoolSearch(searchProblem(pool, columns), maxCoupons, best, budget, limits);
    search.offerGreedy();
    return [search];
  });
  for (const search of searches) search.run();
  const chosen = new Set(best.idRanks);
  return {
    candidates: ranked.filter(({ idRank }) => chosen.has(idRank)).map(({ candidate }) => candidate),
    optimality: budget.isSpent ? 'BOUNDED' : 'PROVED',
    upperBoundMinor: budget.isSpent ? Math.max(budget.abandonedMinor, best.discountMinor) : null,
    nodes: budget.nodes,
  };
}

/** More than this no set of the pool saves: what so many would save alone. */
function mostOf(pool: readonly RankedCandidate[], maxCoupons: number): number {
  const alone = pool.map(({ candidate }) => candidate.aloneMinor).sort((a, b) => b - a);
  return alone.slice(0, maxCoupons).reduce((sum, minor) => sum + minor, 0);
}

/** Those that save something alone, with their places in the ties; the others never save anything. */
function rank(candidates: readonly Candidate[]): RankedCandidate[] {
  const endRanks = places(
    candidates.map(({ coupon }) => coupon.expiresAtMs),
    (a, b) => a - b,
  );
  const idRanks = places(
    candidates.map(({ coupon }) => coupon.couponId),
    byCodeUnits,
  );
  return candidates
    .map((candidate) => ({
      candidate,
      endRank: endRanks.get(candidate.coupon.expiresAtMs)!,
      idRank: idRanks.get(candidate.coupon.couponId)!,
    }))
    .filter(({ candidate }) => candidate.aloneMinor > 0);
}

function places<T>(values: readonly T[], compare: (a: T, b: T) => number): Map<T, number> {
  return new Map([...new Set(values)].sort(compare).map((value, place) => [value, place]));
}
