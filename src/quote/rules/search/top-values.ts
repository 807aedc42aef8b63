/**
 * For every suffix of the candidates: the largest sum of at most `places` of their values, one of every
 * exclusion group, and of coupons that take one unit each no more than the dearest units are worth. One
 * pass from the last to the first, and every way of skipping has its bound.
 *
 * With what each candidate would save next as its value this is an admissible bound: every turn leaves
 * less, and what a coupon saves never grows when less is left, so in its turn each saves at most that.
 */
import { SortedValues } from './sorted-values.js';
import { float64 } from './columns.js';

/** The candidates before `before` are together worth at most `most`. */
export interface ValueLimit {
  readonly before: number;
  readonly most: number;
}

/** What is needed only while sums are filled; all depths of a search share it. */
export interface TopScratch {
  readonly plain: SortedValues;
  readonly ofUnits: SortedValues;
  /** By number of places: the largest sum of so many. */
  readonly best: Float64Array;
  readonly bestLater: Float64Array;
}

export function topScratch(places: number): TopScratch {
  return {
    plain: new SortedValues(places),
    ofUnits: new SortedValues(places),
    best: float64(places + 1),
    bestLater: float64(places + 1),
  };
}

export class TopValues {
  /** By candidate: the most that it and those after it are worth together. */
  readonly sum: Float64Array;
  /** The same with one place less. */
  readonly sumOfFewer: Float64Array;
  /** To be filled by who fills the sums: what the dearest units are worth, descending. */
  readonly units: Float64Array;
  private readonly isUnit: Uint8Array;
  private readonly group: Int32Array;
  private readonly plain: SortedValues;
  private readonly ofUnits: SortedValues;
  private readonly best: Float64Array;
  private readonly bestLater: Float64Array;

  constructor(
    group: Int32Array,
    isUnit: Uint8Array,
    places: number,
    { plain, ofUnits, best, bestLater } = topScratch(places),
  ) {
    this.sum = float64(group.length + 1);
    this.sumOfFewer = float64(group.length + 1);
    this.units = float64(places);
    this.isUnit = isUnit;
    this.group = group;
    this.plain = plain;
    this.ofUnits = ofUnits;
    this.best = best;
    this.bestLater = bestLater;
  }

  /** Fills the sums for the candidates from `from` on. */
  fill(values: Float64Array, from: number, places: number, limit: ValueLimit | null): void {
    const end = this.group.length;
    const split = Math.max(from, limit?.before ?? from);
    this.sum[end] = 0;
    this.sumOfFewer[end] = 0;
    this.start();
    for (let i = end - 1; i >= split; i--) {
      if (this.letIn(i, values[i]!, places)) {
        this.sumUp(places);
        this.sum[i] = this.best[places]!;
        this.sumOfFewer[i] = this.best[places - 1]!;
      } else this.repeat(i);
    }
    if (split === from || limit === null) return;
    this.sumUp(places);
    this.bestLater.set(this.best);
    this.start();
    for (let i = split - 1; i >= from; i--) {
      if (this.letIn(i, values[i]!, places)) {
        this.sumUp(places);
        this.sum[i] = this.bestSplit(places, limit.most);
        this.sumOfFewer[i] = this.bestSplit(places - 1, limit.most);
      } else this.repeat(i);
    }
  }

  private start(): void {
    this.plain.size = 0;
    this.ofUnits.size = 0;
  }

  /** Whether the value is among the largest. */
  private letIn(candidate: number, value: number, places: number): boolean {
    if (value === 0 || places === 0) return false;
    if (this.isUnit[candidate] === 1) return this.ofUnits.offer(value, -1, places);
    return this.plain.offer(value, this.group[candidate]!, places);
  }

  private repeat(i: number): void {
    this.sum[i] = this.sum[i + 1]!;
    this.sumOfFewer[i] = this.sumOfFewer[i + 1]!;
  }

  /** Merges both kinds. Added up anew: a sum beyond the safe integers may round, but not below them. */
  private sumUp(places: number): void {
    const { best, ofUnits, plain, units } = this;
    best[0] = 0;
    for (let i = 0, j = 0; i + j < places;) {
      const value = i < plain.size ? plain.values[i]! : 0;
      const unit = j < ofUnits.size ? Math.min(ofUnits.values[j]!, units[j]!) : 0;
      best[i + j + 1] = best[i + j]! + Math.max(value, unit);
      if (value >= unit) i += 1;
      else j += 1;
    }
  }

  /** The places shared out between those before the split, up to their limit, and those after it. */
  private bestSplit(places: number, most: number): number {
    let best = 0;
    for (let i = 0; i <= places; i++) {
      best = Math.max(best, Math.min(this.best[i]!, most) + this.bestLater[places - i]!);
    }
    return best;
  }
}
