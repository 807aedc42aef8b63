/**
 * Searches all sets that contain exactly one pattern of the decided coupons (percentages, see
 * `potential.ts`) and any of the free ones: depth first in the order of application, so that every state
 * is exact, cut off by an admissible bound (branch and bound; Land and Doig 1960).
 *
 * From a node the next free coupon is chosen among those before the next member of the pattern, or none of
 * them, and then the member has its turn. A branch is left only if nothing in it beats the incumbent in
 * total, count or ties, so a search that ends has proved all three.
 */
import type { Budget } from './budget.js';
import type { Member } from './decisions.js';
import { dearestUnits } from './dearest-units.js';
import { edgesOf, limitAt, type Edge } from './edges.js';
import type { Incumbent } from './incumbent.js';
import type { Levels } from './levels.js';
import type { Potential } from './potential.js';
import type { SearchProblem } from './problem.js';
import { mayWinTie } from './tie-bound.js';
import { TopValues } from './top-values.js';

/** What a look at the ties costs, a candidate: some sorting. */
const TIE_WORK = 16;

/** What every pattern of a pool shares. */
export interface PoolState {
  readonly problem: SearchProblem;
  readonly places: number;
  readonly best: Incumbent;
  readonly budget: Budget;
  /** What one node costs. */
  readonly work: number;
  readonly levels: Levels;
  /** By depth and candidate: at most what it takes off the potential. */
  readonly values: readonly Float64Array[];
  readonly tops: readonly TopValues[];
  /** How many candidates take one unit each. */
  readonly units: number;
}

export class PatternSearch {
  private readonly taken: number[] = [];
  private readonly isTaken: Uint8Array;
  private readonly groupTaken: Uint8Array;
  /** By depth: at least what the members of the pattern alone would leave, in parts of a minor unit. */
  private readonly promise: Float64Array;
  private readonly edges: readonly Edge[];
  private readonly largestWeight: number;

  /**
   * @param isFree by candidate: 1 where this search decides it
   * @param pattern members of the set in any case, ascending
   */
  constructor(
    private readonly pool: PoolState,
    private readonly isFree: Uint8Array,
    private readonly pattern: readonly Member[],
    private readonly potential: Potential,
  ) {
    const { candidates, group } = pool.problem;
    this.edges = edgesOf(pool.problem, pattern);
    this.largestWeight = largestWeight(isFree, potential.scopeWeight);
    this.promise = new Float64Array(pool.places + 1);
    this.isTaken = new Uint8Array(candidates.length);
    this.groupTaken = new Uint8Array(candidates.length);
    for (const { candidate } of pattern) {
      this.isTaken[candidate] = 1;
      if (group[candidate]! >= 0) this.groupTaken[group[candidate]!] = 1;
    }
  }

  run(): void {
    this.visit(0, 0, 0);
  }

  /** `stage`: how many members of the pattern had their turn; `from`: the first candidate not decided yet. */
  private visit(depth: number, from: number, stage: number): void {
    const { problem, places, tops, values } = this.pool;
    const freePlaces = places - depth - (this.pattern.length - stage);
    this.promise[depth] = this.promiseAt(depth, stage);
    const limit = limitAt(this.edges, stage, this.pool.levels, depth);
    if (limit !== null && limit.mostMinor < 0) return;
    this.fillUnits(depth);
    this.fillValues(depth, from);
    const most = limit && { before: limit.before, most: limit.mostMinor * this.largestWeight };
    tops[depth]!.fill(values[depth]!, from, freePlaces, most);
    const end = this.pattern[stage]?.candidate ?? problem.candidates.length;
    for (let next = from; next <= end; next++) {
      if (!this.mayBeat(depth, next, stage, freePlaces)) return;
      if (next === end) break;
      if (!this.isWorthTaking(depth, next)) continue;
      if (!this.take(depth, next, stage)) return this.abandon(depth, next);
    }
    if (end === problem.candidates.length) return;
    if (!this.take(depth, end, stage)) this.abandon(depth, end);
  }

  private fillUnits(depth: number): void {
    const { levels, problem, tops, units } = this.pool;
    if (units === 0) return;
    const values = tops[depth]!.units;
    dearestUnits(problem, levels.at[depth]!.remainingMinor, values);
    for (let i = 0; i < values.length; i++) values[i]! *= this.largestWeight;
  }

  private fillValues(depth: number, from: number): void {
    const { levels, problem } = this.pool;
    const values = this.pool.values[depth]!;
    for (let i = from; i < values.length; i++) {
      const group = problem.group[i]!;
      const mayTake = this.isFree[i] === 1 && (group < 0 || this.groupTaken[group] === 0);
      values[i] = mayTake ? levels.ceilingMinor(depth, i) * this.potential.scopeWeight[i]! : 0;
    }
  }

  /** Whether the candidate itself, with the best of those after it, may reach the incumbent. */
  private isWorthTaking(depth: number, next: number): boolean {
    const value = this.pool.values[depth]![next]!;
    const before = this.pool.problem.copyBefore[next]!;
    if (value === 0 || (before >= 0 && this.isTaken[before] === 0)) return false;
    return value + this.pool.tops[depth]!.sumOfFewer[next + 1]! >= this.need(depth);
  }

  /** Gives the candidate its turn and visits what follows; false where the budget is spent. */
  private take(depth: number, candidate: number, stage: number): boolean {
    const { levels, budget, places } = this.pool;
    if (!budget.spend(this.pool.work)) return false;
    const discount = levels.discount(depth, candidate);
    if (discount.amountMinor === 0) return true;
    const isMember = this.pattern[stage]?.candidate === candidate;
    const nextStage = isMember ? stage + 1 : stage;
    this.taken.push(candidate);
    if (nextStage === this.pattern.length) {
      this.offer(levels.at[depth]!.discountMinor + discount.amountMinor);
    }
    if (depth + 1 < places) {
      levels.descend(depth, candidate, discount);
      this.mark(candidate, isMember, 1);
      this.visit(depth + 1, candidate + 1, nextStage);
      this.mark(candidate, isMember, 0);
    }
    this.taken.pop();
    return true;
  }

  /** Members of the pattern are marked from the beginning. */
  private mark(candidate: number, isMember: boolean, value: 0 | 1): void {
    if (isMember) return;
    const group = this.pool.problem.group[candidate]!;
    this.isTaken[candidate] = value;
    if (group >= 0) this.groupTaken[group] = value;
  }

  private offer(discountMinor: number): void {
    const { best, problem } = this.pool;
    if (discountMinor < best.discountMinor) return;
    best.offer(
      discountMinor,
      this.taken.map((i) => problem.endRank[i]!),
      this.taken.map((i) => problem.idRank[i]!),
    );
  }

  private mayBeat(depth: number, next: number, stage: number, freePlaces: number): boolean {
    const reach = this.pool.tops[depth]!.sum[next]!;
    const need = this.need(depth);
    if (reach < need) return false;
    const { best, problem } = this.pool;
    const mayBeMore = reach >= need + this.potential.unit;
    if (mayBeMore && best.discountMinor < problem.totalMinor) return true;
    this.pool.budget.note(TIE_WORK * (problem.candidates.length - next));
    return mayWinTie(problem, best, {
      need,
      isComplete: stage === this.pattern.length,
      members: [...this.taken, ...this.pattern.slice(stage).map(({ candidate }) => candidate)],
      values: this.pool.values[depth]!,
      from: next,
      places: freePlaces,
    });
  }

  /** How much the free coupons must take off the potential for the set to save what the incumbent saves. */
  private need(depth: number): number {
    const { best, problem } = this.pool;
    const payable = (problem.totalMinor - best.discountMinor) * this.potential.unit;
    return this.promise[depth]! - payable;
  }

  private promiseAt(depth: number, stage: number): number {
    const { atomMinor } = this.pool.levels.at[depth]!;
    const weight = this.potential.weight[stage]!;
    let sum = -this.potential.spent[stage]!;
    for (let atom = 0; atom < weight.length; atom++) sum += weight[atom]! * atomMinor[atom]!;
    return sum;
  }

  private abandon(depth: number, next: number): void {
    const { budget, problem, tops } = this.pool;
    const left = this.promise[depth]! - tops[depth]!.sum[next]!;
    const leftMinor = Math.max(0, Math.ceil(left / this.potential.unit));
    budget.abandon(problem.totalMinor - leftMinor);
  }
}

function largestWeight(isFree: Uint8Array, scopeWeight: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < isFree.length; i++) {
    if (isFree[i] === 1) largest = Math.max(largest, scopeWeight[i]!);
  }
  return largest;
}
