/**
 * For every suffix of the candidates: the largest sum of at most `places` of their values, one of every
 * exclusion group. One pass from the last to the first, and every way of skipping has its bound.
 *
 * With what each candidate would save next as its value this is an admissible bound: every turn leaves
 * less, and what a coupon saves never grows when less is left, so in its turn each saves at most that.
 */
export class TopValues {
  /** By candidate: the most that it and those after it are worth together. */
  readonly sum: Float64Array;
  /** The same with one place less. */
  readonly sumOfFewer: Float64Array;
  private readonly top: Float64Array;
  private readonly topGroup: Int32Array;
  private readonly later: Float64Array;

  constructor(candidates: number, places: number) {
    this.sum = new Float64Array(candidates + 1);
    this.sumOfFewer = new Float64Array(candidates + 1);
    this.top = new Float64Array(places + 1);
    this.topGroup = new Int32Array(places + 1);
    this.later = new Float64Array(places + 1);
  }

  /**
   * Fills the sums for the candidates from `from` on.
   * @param limit those before `limit.before` are together worth at most `limit.most`
   */
  fill(
    values: Float64Array,
    group: Int32Array,
    from: number,
    places: number,
    limit: { readonly before: number; readonly most: number } | null = null,
  ): void {
    const { sum, sumOfFewer } = this;
    const end = group.length;
    const split = Math.max(from, limit?.before ?? from);
    sum[end] = 0;
    sumOfFewer[end] = 0;
    let size = 0;
    for (let i = end - 1; i >= split; i--) {
      const grown = this.offer(values[i]!, group[i]!, size, places);
      if (grown >= 0) {
        size = grown;
        sumOfFewer[i] = this.sumOfFirst(Math.min(size, places - 1));
        sum[i] = this.sumOfFirst(size);
      } else this.repeat(i);
    }
    if (split === from || limit === null) return;
    this.sumsOfFirst(size, places);
    size = 0;
    for (let i = split - 1; i >= from; i--) {
      const grown = this.offer(values[i]!, group[i]!, size, places);
      if (grown >= 0) {
        size = grown;
        sumOfFewer[i] = this.bestSplit(size, places - 1, limit.most);
        sum[i] = this.bestSplit(size, places, limit.most);
      } else this.repeat(i);
    }
  }

  private repeat(i: number): void {
    this.sum[i] = this.sum[i + 1]!;
    this.sumOfFewer[i] = this.sumOfFewer[i + 1]!;
  }

  /** Remembers what the candidates after the split are worth together, by how many they are. */
  private sumsOfFirst(size: number, places: number): void {
    this.later[0] = 0;
    for (let i = 0; i < places; i++) {
      this.later[i + 1] = this.later[i]! + (i < size ? this.top[i]! : 0);
    }
  }

  /** The places shared out between those before the split, up to their limit, and those after it. */
  private bestSplit(size: number, places: number, most: number): number {
    let before = 0;
    let best = this.later[places]!;
    for (let i = 0; i < Math.min(size, places) && before < most; i++) {
      before = Math.min(before + this.top[i]!, most);
      best = Math.max(best, before + this.later[places - i - 1]!);
    }
    return best;
  }

  /** Lets the value in among the largest, in place of a smaller one of its group; -1 if nothing changes. */
  private offer(value: number, group: number, size: number, places: number): number {
    if (value === 0 || places === 0) return -1;
    const same = this.placeOf(group, size);
    if (same >= 0) {
      if (value <= this.top[same]!) return -1;
      this.remove(same, size);
      this.insert(value, group, size - 1);
      return size;
    }
    if (size < places) {
      this.insert(value, group, size);
      return size + 1;
    }
    if (value <= this.top[size - 1]!) return -1;
    this.insert(value, group, size - 1);
    return size;
  }

  /** Added up anew each time: a sum beyond the safe integers may round, but never below them. */
  private sumOfFirst(count: number): number {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += this.top[i]!;
    return sum;
  }

  private placeOf(group: number, size: number): number {
    if (group < 0) return -1;
    for (let i = 0; i < size; i++) if (this.topGroup[i] === group) return i;
    return -1;
  }

  /** Puts the value among the first `size`, which stay descending. */
  private insert(value: number, group: number, size: number): void {
    let i = size;
    for (; i > 0 && this.top[i - 1]! < value; i--) {
      this.top[i] = this.top[i - 1]!;
      this.topGroup[i] = this.topGroup[i - 1]!;
    }
    this.top[i] = value;
    this.topGroup[i] = group;
  }

  private remove(place: number, size: number): void {
    for (let i = place; i < size - 1; i++) {
      this.top[i] = this.top[i + 1]!;
      this.topGroup[i] = this.topGroup[i + 1]!;
    }
  }
}
