/**
 * Searches all sets that contain exactly one pattern of the decided coupons (percentages, see
 * `potential.ts`) and any of the free ones: depth first in the order of application, so that every state
 * is exact, cut off by an admissible bound (branch and bound; Land and Doig 1960).
 *
 * From a node the next free coupon is chosen among those before the next member of the pattern, or none of
 * them, and then the member has its turn. A branch is left only if nothing in it beats the incumbent in
 * total, count or ties, so a search that ends has proved all three.
 */
import type { Member } from './decisions.js';
import { uint8 } from './columns.js';
import { PatternBound } from './pattern-bound.js';
import type { PoolState } from './pool-state.js';
import type { Potential } from './potential.js';
import { mayWinTie } from './tie-bound.js';

/** What a look at the ties costs, a candidate: some sorting. */
const TIE_WORK = 16;

export class PatternSearch {
  private readonly taken: number[] = [];
  private readonly isTaken: Uint8Array;
  private readonly groupTaken: Uint8Array;
  private readonly bound: PatternBound;

  /**
   * @param isFree by candidate: 1 where this search decides it
   * @param pattern members of the set in any case, ascending
   */
  constructor(
    private readonly pool: PoolState,
    isFree: Uint8Array,
    private readonly pattern: readonly Member[],
    private readonly potential: Potential,
  ) {
    const { candidates, group } = pool.problem;
    this.bound = new PatternBound(pool, isFree, pattern, potential);
    this.isTaken = uint8(candidates.length);
    this.groupTaken = uint8(candidates.length);
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
    const { problem, places } = this.pool;
    const freePlaces = places - depth - (this.pattern.length - stage);
    if (!this.bound.fill(depth, from, stage, freePlaces, this.groupTaken)) return;
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

  /** Whether the candidate itself, with the best of those after it, may reach the incumbent. */
  private isWorthTaking(depth: number, next: number): boolean {
    const before = this.pool.problem.copyBefore[next]!;
    if (before >= 0 && this.isTaken[before] === 0) return false;
    const reach = this.bound.reachWith(depth, next);
    return reach > 0 && reach >= this.bound.need(depth);
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
    const reach = this.bound.reach(depth, next);
    const need = this.bound.need(depth);
    if (reach < need) return false;
    const { best, problem } = this.pool;
    const mayBeMore = reach >= need + this.potential.unit;
    if (mayBeMore && best.discountMinor < problem.totalMinor) return true;
    this.pool.budget.note(TIE_WORK * (problem.candidates.length - next));
    return mayWinTie(problem, best, {
      need,
      members: [...this.taken, ...this.pattern.slice(stage).map(({ candidate }) => candidate)],
      values: this.pool.values[depth]!,
      from: next,
      places: freePlaces,
    });
  }

  private abandon(depth: number, next: number): void {
    this.pool.budget.abandon(this.bound.mostMinor(depth, next));
  }
}
