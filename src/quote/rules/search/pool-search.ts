/**
 * Searches one pool for the best combination. First it is decided, one by one, which of the heavy
 * percentage coupons are in the set (their pattern Q), then `pattern-search.ts` finds the best set with
 * exactly that pattern. Deciding them first makes the bound sharp: see `potential.ts`.
 */
import type { Budget } from './budget.js';
import type { Incumbent } from './incumbent.js';
import { Levels } from './levels.js';
import { PatternSearch, type PoolState } from './pattern-search.js';
import { potentialOf, weightUnit, type Potential } from './potential.js';
import type { SearchProblem } from './problem.js';
import { offerLikely } from './likely.js';
import { TopValues } from './top-values.js';

const WHOLE_BPS = 10_000;

/** More would only be decided where their weight no longer matters. */
const MAX_HEAVY = 12;

export class PoolSearch {
  private readonly pool: PoolState;
  private readonly unit: number;
  /** Percentages decided first, those that save most alone first. */
  private readonly heavy: readonly number[];
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
      levels: new Levels(problem, places),
      values: Array.from({ length: places + 1 }, () => new Float64Array(count)),
      tops: Array.from({ length: places + 1 }, () => new TopValues(count, places)),
    };
    this.unit = weightUnit(problem, places);
    this.heavy = heavyOf(problem, this.unit);
    this.isFree = new Uint8Array(count).fill(1);
    for (const i of this.heavy) this.isFree[i] = 0;
    this.values = new Float64Array(count);
    this.top = new TopValues(count, places);
  }

  run(): void {
    if (this.pool.places > 0) this.decide(0, []);
  }

  /** `pattern`: the members among the first `decided` heavy ones, ascending. */
  private decide(decided: number, pattern: readonly number[]): void {
    const { budget, problem, places, best } = this.pool;
    const potential = potentialOf(problem, pattern, this.unit);
    const reachMinor = this.reach(decided, pattern, potential);
    if (reachMinor < best.discountMinor) return;
    if (decided === this.heavy.length) {
      offerLikely(this.pool, pattern, this.values);
      new PatternSearch(this.pool, this.isFree, pattern, potential).run();
      return;
    }
    if (!budget.spend()) return budget.abandon(reachMinor);
    const candidate = this.heavy[decided]!;
    if (pattern.length < places && this.fits(candidate, pattern)) {
      this.decide(
        decided + 1,
        [...pattern, candidate].sort((a, b) => a - b),
      );
    }
    this.decide(decided + 1, pattern);
  }

  private fits(candidate: number, pattern: readonly number[]): boolean {
    const { group, copyBefore } = this.pool.problem;
    const before = copyBefore[candidate]!;
    if (before >= 0 && !pattern.includes(before)) return false;
    return group[candidate]! < 0 || pattern.every((other) => group[other] !== group[candidate]);
  }

  /** At most what a set saves that has this pattern among the decided ones. */
  private reach(decided: number, pattern: readonly number[], potential: Potential): number {
    const { problem, places, levels } = this.pool;
    const { aloneMinor, group } = problem;
    const groups = new Set(pattern.map((i) => group[i]!));
    const mayJoin = (i: number): boolean => group[i]! < 0 || !groups.has(group[i]!);
    for (let i = 0; i < aloneMinor.length; i++) {
      const value = aloneMinor[i]! * potential.scopeWeight[i]!;
      this.values[i] = this.isFree[i] === 1 && mayJoin(i) ? value : 0;
    }
    for (const i of this.heavy.slice(decided)) {
      if (mayJoin(i)) this.values[i] = this.heavyValue(i, pattern, potential);
    }
    this.top.fill(this.values, group, 0, places - pattern.length);
    const { atomMinor } = levels.at[0]!;
    let left = -potential.slack[0]! - this.top.sum[0]!;
    potential.weight[0]!.forEach((weight, atom) => {
      left += weight * atomMinor[atom]!;
    });
    return problem.totalMinor - Math.max(0, Math.ceil(left / this.unit));
  }

  /**
   * At most what an undecided percentage takes off the potential: its part of what all members of the
   * pattern, before and after it, leave on its lines, and what rounding may shift on the way.
   */
  private heavyValue(candidate: number, pattern: readonly number[], potential: Potential): number {
    const { aloneMinor, keptBps, scopeOf, scopes } = this.pool.problem;
    const { atomMinor } = this.pool.levels.at[0]!;
    const { lines, atoms } = scopes[scopeOf[candidate]!]!;
    const offBps = WHOLE_BPS - keptBps[candidate]!;
    let left = 0;
    for (const atom of atoms) left += potential.weight[0]![atom]! * atomMinor[atom]!;
    let shifts = 0;
    for (const member of pattern) {
      if (member < candidate) shifts += 1 + scopes[scopeOf[member]!]!.lines.length / 4;
    }
    const taken = ((left + shifts * this.unit) / WHOLE_BPS) * offBps;
    const own = (1 + lines.length / 4) * this.unit;
    const simple = aloneMinor[candidate]! * potential.scopeWeight[candidate]!;
    return Math.min(simple, Math.ceil(taken + own));
  }
}

/** Coupons that leave the same part of any base, unless the cart is too large to weigh amounts. */
function heavyOf(problem: SearchProblem, unit: number): number[] {
  if (unit < 2) return [];
  return Array.from(problem.keptBps.keys())
    .filter((i) => problem.keptBps[i]! >= 0)
    .sort((a, b) => problem.aloneMinor[b]! - problem.aloneMinor[a]! || a - b)
    .slice(0, MAX_HEAVY);
}
