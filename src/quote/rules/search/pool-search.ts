/**
 * Searches one pool for the best combination: depth first in the order of application, so that every
 * state is exact, cut off by an admissible bound (branch and bound; Land and Doig 1960).
 *
 * A node is one coupon taken. From a node the next coupon is chosen among those after it; what is passed
 * over is skipped. A branch is left only if nothing in it beats the incumbent in total, count or ties,
 * so a search that ends has proved all three.
 */
import type { Incumbent } from './incumbent.js';
import { Levels } from './levels.js';
import type { SearchProblem } from './problem.js';
import { mayWinTie } from './tie-bound.js';
import { TopSavings } from './top-savings.js';

/** Nodes left for the whole quote, and what is known of the branches that were not visited for want of them. */
export interface Budget {
  readonly nodeLimit: number;
  nodes: number;
  /** The largest bound of an abandoned branch; 0 while there is none. */
  abandonedMinor: number;
  stopped: boolean;
}

export class PoolSearch {
  private readonly problem: SearchProblem;
  private readonly places: number;
  private readonly best: Incumbent;
  private readonly budget: Budget;
  private readonly levels: Levels;
  private readonly saves: readonly Float64Array[];
  private readonly tops: readonly TopSavings[];
  private readonly taken: number[] = [];
  private readonly groupTaken: Uint8Array;
  private readonly runEnd: Int32Array;

  constructor(problem: SearchProblem, places: number, best: Incumbent, budget: Budget) {
    const count = problem.candidates.length;
    this.problem = problem;
    this.places = Math.min(places, count);
    this.best = best;
    this.budget = budget;
    this.levels = new Levels(problem, this.places);
    this.saves = Array.from({ length: this.places }, () => new Float64Array(count));
    this.tops = Array.from({ length: this.places }, () => new TopSavings(count, this.places));
    this.groupTaken = new Uint8Array(count);
    this.runEnd = endsOfRuns(problem);
  }

  run(): void {
    if (this.places > 0) this.visit(0, 0);
  }

  /** Chooses the next coupon after `depth` taken ones among those from `from` on. */
  private visit(depth: number, from: number): void {
    const count = this.problem.candidates.length;
    const { discountMinor } = this.levels.at[depth]!;
    const saves = this.saves[depth]!;
    const top = this.tops[depth]!;
    for (let i = from; i < count; i++) {
      saves[i] = this.isGroupTaken(i) ? 0 : this.levels.ceilingMinor(depth, i);
    }
    top.fill(saves, this.problem.group, from, this.places - depth);
    for (let next = from; next < count; next++) {
      const boundMinor = discountMinor + top.sumMinor[next]!;
      if (!this.mayBeat(boundMinor, depth, next)) return;
      if (this.budget.nodes >= this.budget.nodeLimit) {
        this.abandon(boundMinor);
        return;
      }
      if (saves[next]! === 0) continue;
      const rest = top.sumMinor[next + 1]! - top.lastMinor[next + 1]!;
      if (discountMinor + saves[next]! + rest >= this.best.discountMinor) {
        this.takeAndGoOn(depth, next);
      }
      next = this.runEnd[next]!;
    }
  }

  private takeAndGoOn(depth: number, candidate: number): void {
    this.budget.nodes += 1;
    if (this.levels.take(depth, candidate) === 0) return;
    this.taken.push(candidate);
    this.offer(this.levels.at[depth + 1]!.discountMinor);
    if (depth + 1 < this.places) {
      const group = this.problem.group[candidate]!;
      if (group >= 0) this.groupTaken[group] = 1;
      this.visit(depth + 1, candidate + 1);
      if (group >= 0) this.groupTaken[group] = 0;
    }
    this.taken.pop();
  }

  private offer(discountMinor: number): void {
    if (discountMinor < this.best.discountMinor) return;
    const { endRank, idRank } = this.problem;
    this.best.offer(
      discountMinor,
      this.taken.map((i) => endRank[i]!),
      this.taken.map((i) => idRank[i]!),
    );
  }

  private mayBeat(boundMinor: number, depth: number, next: number): boolean {
    const reachMinor = Math.min(boundMinor, this.problem.totalMinor);
    if (reachMinor !== this.best.discountMinor) return reachMinor > this.best.discountMinor;
    return mayWinTie(this.problem, this.best, {
      needMinor: reachMinor - this.levels.at[depth]!.discountMinor,
      taken: this.taken,
      savesMinor: this.saves[depth]!,
      from: next,
      places: this.places - depth,
    });
  }

  private abandon(boundMinor: number): void {
    const reachMinor = Math.min(boundMinor, this.problem.totalMinor);
    this.budget.stopped = true;
    this.budget.abandonedMinor = Math.max(this.budget.abandonedMinor, reachMinor);
  }

  private isGroupTaken(candidate: number): boolean {
    const group = this.problem.group[candidate]!;
    return group >= 0 && this.groupTaken[group] === 1;
  }
}

/**
 * Copies of one coupon that follow each other are taken from the front: any other choice of as many has
 * the same total and worse ties. So where one is skipped, the rest of its run is skipped.
 */
function endsOfRuns({ candidates, scopeOf }: SearchProblem): Int32Array {
  const ends = Int32Array.from(candidates, (_, i) => i);
  for (let i = candidates.length - 2; i >= 0; i--) {
    const a = candidates[i]!.coupon;
    const b = candidates[i + 1]!.coupon;
    const same =
      a.rules === b.rules && a.faceValueMinor === b.faceValueMinor && scopeOf[i] === scopeOf[i + 1];
    if (same) ends[i] = ends[i + 1]!;
  }
  return ends;
}
