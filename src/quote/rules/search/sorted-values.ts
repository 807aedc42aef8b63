/** The largest few values, descending, at most one of a group. */
import { float64, int32 } from './columns.js';
export class SortedValues {
  size = 0;
  readonly values: Float64Array;
  private readonly groups: Int32Array;

  constructor(places: number) {
    this.values = float64(places + 1);
    this.groups = int32(places + 1);
  }

  /**
   * Lets the value in, in place of a smaller one of its group or of the smallest; whether it did.
   * @param group -1 for none
   */
  offer(value: number, group: number, places: number): boolean {
    const same = this.placeOf(group);
    if (same >= 0) {
      if (value <= this.values[same]!) return false;
      this.remove(same);
    } else if (this.size === places) {
      if (value <= this.values[places - 1]!) return false;
      this.size -= 1;
    }
    this.insert(value, group);
    return true;
  }

  private placeOf(group: number): number {
    if (group < 0) return -1;
    for (let i = 0; i < this.size; i++) if (this.groups[i] === group) return i;
    return -1;
  }

  private insert(value: number, group: number): void {
    let i = this.size++;
    for (; i > 0 && this.values[i - 1]! < value; i--) {
      this.values[i] = this.values[i - 1]!;
      this.groups[i] = this.groups[i - 1]!;
    }
    this.values[i] = value;
    this.groups[i] = group;
  }

  private remove(place: number): void {
    this.size -= 1;
    for (let i = place; i < this.size; i++) {
      this.values[i] = this.values[i + 1]!;
      this.groups[i] = this.groups[i + 1]!;
    }
  }
}
