/**
 * The bound before a pattern is complete: what a set may save at most that has the members decided so far,
 * any of the undecided coupons and any of the free ones.
 */
import { mulDivFloor } from '../../../kernel/money.js';
import { float64 } from './columns.js';
import { dearestUnits } from './dearest-units.js';
import type { Decision, Member } from './decisions.js';
import { edgesOf, limitAt } from './edges.js';
import type { PoolState } from './pool-state.js';
import type { Potential } from './potential.js';
import { TopValues } from './top-values.js';

const WHOLE_BPS = 10_000;

export class PatternReach {
  /** By candidate: what it may take off the potential, as `most` saw it last. */
  readonly values: Float64Array;
  private readonly top: TopValues;

  constructor(
    private readonly pool: PoolState,
    private readonly isFree: Uint8Array,
  ) {
    const { places, problem, unit } = pool;
    this.values = float64(problem.candidates.length);
    this.top = new TopValues(problem.group, problem.isUnit, places);
    dearestUnits(problem, problem.subtotalMinor, this.top.units);
    for (let i = 0; i < places; i++) this.top.units[i]! *= unit;
  }

  /** At most what a set saves that has this pattern among the decided ones; -1 where there is none. */
  most(undecided: readonly Decision[], pattern: readonly Member[], potential: Potential): number {
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
    for (const { candidate } of undecided) {
      if (mayJoin(candidate)) this.values[candidate] = this.value(candidate, pattern, potential);
    }
    const most = limit && { before: limit.before, most: limit.mostMinor * this.pool.unit };
    this.top.fill(this.values, 0, places - pattern.length, most);
    let left = -potential.spent[0]! - this.top.sum[0]!;
    for (let atom = 0; atom < atomMinor.length; atom++) {
      left += potential.weight[0]![atom]! * atomMinor[atom]!;
    }
    return totalMinor - Math.max(0, Math.ceil(left / this.pool.unit));
  }

  /**
   * At most what an undecided coupon takes off the potential. For a percentage that is its part of what
   * all members of the pattern, before and after it, leave on its lines, and what rounding may shift. That
   * weights are rounded down needs no room: what it takes more for that, the potential has more.
   */
  private value(candidate: number, pattern: readonly Member[], potential: Potential): number {
    const { aloneMinor, keptBps, scopeOf, scopes } = this.pool.problem;
    const simple = aloneMinor[candidate]! * potential.scopeWeight[candidate]!;
    if (keptBps[candidate]! < 0) return simple;
    const { atomMinor } = this.pool.levels.at[0]!;
    const { lines, atoms } = scopes[scopeOf[candidate]!]!;
    let left = 0;
    for (const atom of atoms) left += potential.weight[0]![atom]! * atomMinor[atom]!;
    for (const { candidate: other } of pattern) {
      if (other < candidate) left += this.shiftOf(scopes[scopeOf[other]!]!.lines);
    }
    const taken = mulDivFloor(left, WHOLE_BPS - keptBps[candidate]!, WHOLE_BPS) + 1;
    return Math.min(simple, taken + this.shiftOf(lines));
  }

  /**
   * What rounding may shift in one turn, whatever the weights: half a minor unit for the discount, and the
   * largest-remainder shares of any of the lines differ from the exact ones by a quarter of all lines in sum.
   */
  private shiftOf(lines: Int32Array): number {
    return Math.ceil(((2 + lines.length) * this.pool.unit) / 4);
  }
}
