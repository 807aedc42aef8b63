/**
 * The bound inside one pattern: at a state of the search, what the free coupons from any position on may
 * still take off the potential, and what they need to take off it to reach the incumbent.
 */
import { dearestUnits } from './dearest-units.js';
import { float64 } from './columns.js';
import type { Member } from './decisions.js';
import { edgesOf, limitAt, type Edge } from './edges.js';
import type { PoolState } from './pool-state.js';
import type { Potential } from './potential.js';

export class PatternBound {
  /** By depth: at least what the members of the pattern alone would leave, in parts of a minor unit. */
  private readonly promise: Float64Array;
  private readonly edges: readonly Edge[];
  private readonly largestWeight: number;

  constructor(
    private readonly pool: PoolState,
    private readonly isFree: Uint8Array,
    pattern: readonly Member[],
    private readonly potential: Potential,
  ) {
    this.edges = edgesOf(pool.problem, pattern);
    this.promise = float64(pool.places + 1);
    this.largestWeight = largestWeight(isFree, potential.scopeWeight);
  }

  /**
   * Works out the bounds of a state, for every position from `from` on; false where there is no set.
   * @param stage how many members of the pattern had their turn
   */
  fill(
    depth: number,
    from: number,
    stage: number,
    freePlaces: number,
    groupTaken: Uint8Array,
  ): boolean {
    const { levels, tops, values } = this.pool;
    const limit = limitAt(this.edges, stage, levels, depth);
    if (limit !== null && limit.mostMinor < 0) return false;
    this.promise[depth] = this.promiseAt(depth, stage);
    this.fillUnits(depth);
    this.fillValues(depth, from, groupTaken);
    const most = limit && { before: limit.before, most: limit.mostMinor * this.largestWeight };
    tops[depth]!.fill(values[depth]!, from, freePlaces, most);
    return true;
  }

  /** At most what the free coupons from `next` on take off the potential. */
  reach(depth: number, next: number): number {
    return this.pool.tops[depth]!.sum[next]!;
  }

  /** The same for sets that contain the coupon `next`; nothing where it saves nothing. */
  reachWith(depth: number, next: number): number {
    const value = this.pool.values[depth]![next]!;
    return value === 0 ? 0 : value + this.pool.tops[depth]!.sumOfFewer[next + 1]!;
  }

  /** How much they must take off it for the set to save what the incumbent saves. */
  need(depth: number): number {
    const { best, problem } = this.pool;
    const payable = (problem.totalMinor - best.discountMinor) * this.potential.unit;
    return this.promise[depth]! - payable;
  }

  /** At most what a set saves that takes its free coupons from `next` on. */
  mostMinor(depth: number, next: number): number {
    const left = this.promise[depth]! - this.reach(depth, next);
    const leftMinor = Math.max(0, Math.ceil(left / this.potential.unit));
    return this.pool.problem.totalMinor - leftMinor;
  }

  private promiseAt(depth: number, stage: number): number {
    const { atomMinor } = this.pool.levels.at[depth]!;
    const weight = this.potential.weight[stage]!;
    let sum = -this.potential.spent[stage]!;
    for (let atom = 0; atom < weight.length; atom++) sum += weight[atom]! * atomMinor[atom]!;
    return sum;
  }

  private fillUnits(depth: number): void {
    const { levels, problem, tops, units } = this.pool;
    if (units === 0) return;
    const dearest = tops[depth]!.units;
    dearestUnits(problem, levels.at[depth]!.remainingMinor, dearest);
    for (let i = 0; i < dearest.length; i++) dearest[i]! *= this.largestWeight;
  }

  private fillValues(depth: number, from: number, groupTaken: Uint8Array): void {
    const { levels, problem } = this.pool;
    const values = this.pool.values[depth]!;
    for (let i = from; i < values.length; i++) {
      const group = problem.group[i]!;
      const mayTake = this.isFree[i] === 1 && (group < 0 || groupTaken[group] === 0);
      values[i] = mayTake ? levels.ceilingMinor(depth, i) * this.potential.scopeWeight[i]! : 0;
    }
  }
}

function largestWeight(isFree: Uint8Array, scopeWeight: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < isFree.length; i++) {
    if (isFree[i] === 1) largest = Math.max(largest, scopeWeight[i]!);
  }
  return largest;
}
