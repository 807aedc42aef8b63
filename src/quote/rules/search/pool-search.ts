/**
 * Searches one pool for the best combination. First it is decided, one by one, which of the coupons that
 * blur the bound are in the set, and how (`decisions.ts`); then `pattern-search.ts` finds the best set
 * with exactly that pattern, for which the bound is sharp (`potential.ts`).
 */
import { workOfSetup, type Budget } from './budget.js';
import { uint8 } from './columns.js';
import { decisionsOf, type Decision, type Member } from './decisions.js';
import { offerGreedy } from './greedy.js';
import type { Incumbent } from './incumbent.js';
import { offerLikely } from './likely.js';
import type { SearchLimits } from './limits.js';
import { PatternReach } from './pattern-reach.js';
import { PatternSearch } from './pattern-search.js';
import { poolState, type PoolState } from './pool-state.js';
import { potentialOf, type Potential } from './potential.js';
import type { SearchProblem } from './problem.js';

export class PoolSearch {
  private readonly pool: PoolState;
  private readonly decisions: readonly Decision[];
  private readonly isFree: Uint8Array;
  private readonly reach: PatternReach;

  constructor(
    problem: SearchProblem,
    maxCoupons: number,
    best: Incumbent,
    budget: Budget,
    limits: SearchLimits,
  ) {
    this.pool = poolState(problem, maxCoupons, best, budget);
    this.decisions = this.pool.unit < 2 ? [] : decisionsOf(problem, limits);
    this.isFree = uint8(problem.candidates.length).fill(1);
    for (const { candidate } of this.decisions) this.isFree[candidate] = 0;
    this.reach = new PatternReach(this.pool, this.isFree);
  }

  /** Gives the search something to beat. */
  offerGreedy(): void {
    this.pool.budget.note(workOfSetup(this.pool.problem));
    offerGreedy(this.pool);
  }

  run(): void {
    const { places, problem, best } = this.pool;
    if (places === 0) return;
    const potential = potentialOf(problem, [], this.pool.unit);
    const reachMinor = this.reach.most(this.decisions, [], potential);
    if (reachMinor >= best.discountMinor) this.decide(0, [], reachMinor, potential);
  }

  /** `pattern`: the members among the first `decided` coupons, in the order of application. */
  private decide(
    decided: number,
    pattern: readonly Member[],
    boundMinor: number,
    same: Potential | null,
  ): void {
    const { budget, problem, best, places, work } = this.pool;
    if (!budget.spend(work)) return budget.abandon(boundMinor);
    const potential = same ?? potentialOf(problem, pattern, this.pool.unit);
    const reachMinor = this.reach.most(this.decisions.slice(decided), pattern, potential);
    if (reachMinor < best.discountMinor) return;
    const decision = this.decisions[decided];
    if (decision === undefined) {
      offerLikely(this.pool, pattern, this.reach.values);
      new PatternSearch(this.pool, this.isFree, pattern, potential).run();
      return;
    }
    if (pattern.length < places && this.fits(decision.candidate, pattern)) {
      for (const way of decision.ways) {
        this.decide(
          decided + 1,
          [...pattern, way].sort((a, b) => a.candidate - b.candidate),
          reachMinor,
          null,
        );
      }
    }
    this.decide(decided + 1, pattern, reachMinor, potential);
  }

  private fits(candidate: number, pattern: readonly Member[]): boolean {
    const { group, copyBefore } = this.pool.problem;
    const before = copyBefore[candidate]!;
    if (before >= 0 && !pattern.some((other) => other.candidate === before)) return false;
    return (
      group[candidate]! < 0 || pattern.every((other) => group[other.candidate] !== group[candidate])
    );
  }
}
