/**
 * An admissible bound: from a state on, no choice of `places` candidates saves more than the largest
 * `places` of what each would save next, one of every exclusion group.
 *
 * Why it holds: every turn leaves less, and what a coupon saves never grows when less is left, so in
 * its turn each saves at most what it would save now. One pass from the last candidate to the first gives
 * the bound for every suffix, which is every way of skipping.
 */
export class TopSavings {
  /** By candidate: the most that it and those after it save together. */
  readonly sumMinor: Float64Array;
  /** By candidate: the smallest saving in that sum, if all places are taken. */
  readonly lastMinor: Float64Array;
  private readonly top: Float64Array;
  private readonly topGroup: Int32Array;

  constructor(candidates: number, places: number) {
    this.sumMinor = new Float64Array(candidates + 1);
    this.lastMinor = new Float64Array(candidates + 1);
    this.top = new Float64Array(places + 1);
    this.topGroup = new Int32Array(places + 1);
  }

  /** Fills the sums for the candidates from `from` on. */
  fill(savesMinor: Float64Array, group: Int32Array, from: number, places: number): void {
    let size = 0;
    let sum = 0;
    const end = group.length;
    this.sumMinor[end] = 0;
    this.lastMinor[end] = 0;
    for (let i = end - 1; i >= from; i--) {
      const saves = savesMinor[i]!;
      if (saves > 0) {
        const same = this.placeOf(group[i]!, size);
        if (same < 0) {
          if (size < places || saves > this.top[size - 1]!) {
            if (size === places) sum -= this.top[--size]!;
            this.insert(saves, group[i]!, size++);
            sum += saves;
          }
        } else if (saves > this.top[same]!) {
          sum += saves - this.top[same]!;
          this.remove(same, --size);
          this.insert(saves, group[i]!, size++);
        }
      }
      this.sumMinor[i] = sum;
      this.lastMinor[i] = size === places ? this.top[size - 1]! : 0;
    }
  }

  private placeOf(group: number, size: number): number {
    if (group < 0) return -1;
    for (let i = 0; i < size; i++) if (this.topGroup[i] === group) return i;
    return -1;
  }

  /** Keeps the first `size` descending. */
  private insert(saves: number, group: number, size: number): void {
    let i = size;
    for (; i > 0 && this.top[i - 1]! < saves; i--) {
      this.top[i] = this.top[i - 1]!;
      this.topGroup[i] = this.topGroup[i - 1]!;
    }
    this.top[i] = saves;
    this.topGroup[i] = group;
  }

  private remove(place: number, size: number): void {
    for (let i = place; i < size; i++) {
      this.top[i] = this.top[i + 1]!;
      this.topGroup[i] = this.topGroup[i + 1]!;
    }
  }
}
