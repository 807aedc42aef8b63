/**
 * Searches one pool for the best combination. First it is decided, one by one, which of the coupons that
 * blur the bound are in the set, and how (`decisions.ts`); then `pattern-search.ts` finds the best set
 * with exactly that pattern, for which the bound is sharp (`potential.ts`).
 */
import { workOfNode, type Budget } from './budget.js';
import { decisionsOf, type Decision, type Member } from './decisions.js';
import { dearestUnits } from './dearest-units.js';
import { edgesOf, limitAt } from './edges.js';
import { offerGreedy } from './greedy.js';
import type { Incumbent } from './incumbent.js';
import { Levels } from './levels.js';
import { PatternSearch, type PoolState } from './pattern-search.js';
import { potentialOf, weightUnit, type Potential } from './potential.js';
import type { SearchProblem } from './problem.js';
import { offerLikely } from './likely.js';
import { TopValues } from './top-values.js';

const WHOLE_BPS = 10_000;

export class PoolSearch {
  private readonly pool: PoolState;
  private readonly unit: number;
  private readonly decisions: readonly Decision[];
  private readonly isFree: Uint8Array;
  private readonly values: Float64Array;
  private readonly top: TopValues;

  constructor(problem: SearchProblem, maxCoupons: number, best: Incumbent, budget: Budget) {
    const count = problem.candidates.length;
    const places = Math.min(maxCoupons, count);
    this.pool = {
      problem,
      places,
      best,
      budget,
      work: workOfNode(problem),
      units: problem.isUnit.reduce((sum, one) => sum + one, 0),
      levels: new Levels(problem, places),
      values: Array.from({ length: places + 1 }, () => new Float64Array(count)),
      tops: Array.from(
        { length: places + 1 },
        () => new TopValues(problem.group, problem.isUnit, places),
      ),
    };
    this.top = new TopValues(problem.group, problem.isUnit, places);
    this.unit = weightUnit(problem, places);
    dearestUnits(problem, problem.subtotalMinor, this.top.units);
    for (let i = 0; i < places; i++) this.top.units[i]! *= this.unit;
    this.decisions = this.unit < 2 ? [] : decisionsOf(problem);
    this.isFree = new Uint8Array(count).fill(1);
    for (const { candidate } of this.decisions) this.isFree[candidate] = 0;
    this.values = new Float64Array(count);
  }

  /** Gives the search something to beat. */
  offerGreedy(): void {
    offerGreedy(this.pool);
  }

  run(): void {
    const { places, problem, best } = this.pool;
    if (places === 0) return;
    const potential = potentialOf(problem, [], this.unit);
    const reachMinor = this.reach(0, [], potential);
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
    const potential = same ?? potentialOf(problem, pattern, this.unit);
    const reachMinor = this.reach(decided, pattern, potential);
    if (reachMinor < best.discountMinor) return;
    const decision = this.decisions[decided];
    if (decision === undefined) {
      offerLikely(this.pool, pattern, this.values);
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

  /** At most what a set saves that has this pattern among the decided ones; -1 where there is none. */
  private reach(decided: number, pattern: readonly Member[], potential: Potential): number {
    const { problem, places, levels } = this.pool;
    const { aloneMinor, group, totalMinor } = problem;
    const { atomMinor } = levels.at[0]!;
    const limit = limitAt(edgesOf(problem, pattern), 0, levels, 0);
    if (limit !== null && limit.mostMinor < 0) return -1;
    const groups = new Set(pattern.map(({ candidate }) => group[candidate]!));
    const mayJoin = (i: number): boolean => group[i]! < 0 || !groups.has(group[i]!);
    for (let i = 0; i < aloneMinor.length; i++) {
      const value = aloneMinor[i]! * potential.scopeWeight[i]!;
      this.values[i] = this.isFree[i] === 1 && mayJoin(i) ? value : 0;
    }
    for (const { candidate } of this.decisions.slice(decided)) {
      if (mayJoin(candidate)) this.values[candidate] = this.value(candidate, pattern, potential);
    }
    const most = limit && { before: limit.before, most: limit.mostMinor * this.unit };
    this.top.fill(this.values, 0, places - pattern.length, most);
    let left = -potential.spent[0]! - this.top.sum[0]!;
    for (let atom = 0; atom < atomMinor.length; atom++) {
      left += potential.weight[0]![atom]! * atomMinor[atom]!;
    }
    return totalMinor - Math.max(0, Math.ceil(left / this.unit));
  }

  /**
   * At most what an undecided coupon takes off the potential. For a percentage that is its part of what
   * all members of the pattern, before and after it, leave on its lines, and what rounding may shift.
   */
  private value(candidate: number, pattern: readonly Member[], potential: Potential): number {
    const { aloneMinor, keptBps, scopeOf, scopes } = this.pool.problem;
    const simple = aloneMinor[candidate]! * potential.scopeWeight[candidate]!;
    if (keptBps[candidate]! < 0) return simple;
    const { atomMinor } = this.pool.levels.at[0]!;
    const { lines, atoms } = scopes[scopeOf[candidate]!]!;
    let left = 0;
    for (const atom of atoms) left += potential.weight[0]![atom]! * atomMinor[atom]!;
    let shifts = 0;
    for (const { candidate: other } of pattern) {
      if (other < candidate) shifts += 1 + scopes[scopeOf[other]!]!.lines.length / 4;
    }
    const parts = (left + Math.ceil(shifts) * this.unit) / WHOLE_BPS;
    const own = (1 + lines.length / 4) * this.unit;
    return Math.min(simple, Math.ceil(parts * (WHOLE_BPS - keptBps[candidate]!) + own));
  }
}
