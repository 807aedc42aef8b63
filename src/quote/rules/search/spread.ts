/**
 * Spreads a discount over lines by largest remainder, in place: what `allocate` of the kernel does,
 * without making arrays or sorting: the search does this at every node.
 *
 * Columns are Float64Array because amounts pass 2^31; what they hold are integers up to 2^53.
 */
import { allocate } from '../../../kernel/allocation.js';
import { float64, int32, uint8 } from './columns.js';

/** Room for the remainders of one spread; one search shares it. */
export interface SpreadScratch {
  readonly rest: Float64Array;
  readonly bucket: Uint8Array;
  readonly inBucket: Int32Array;
  readonly tied: Float64Array;
}

const BUCKETS = 256;

export function spreadScratch(lines: number): SpreadScratch {
  return {
    rest: float64(lines),
    bucket: uint8(lines),
    inBucket: int32(BUCKETS),
    tied: float64(lines),
  };
}

/**
 * Takes `amountMinor` off the eligible lines of `remaining` in proportion to what is left on them.
 * @param baseMinor what is left on the eligible lines together; at least `amountMinor`, and not zero
 */
export function takeOff(
  amountMinor: number,
  baseMinor: number,
  eligible: Int32Array,
  remaining: Float64Array,
  scratch: SpreadScratch,
): void {
  if (!Number.isSafeInteger(amountMinor * baseMinor)) {
    takeOffLarge(amountMinor, eligible, remaining);
    return;
  }
  const { rest } = scratch;
  const count = eligible.length;
  let left = amountMinor;
  for (let i = 0; i < count; i++) {
    const line = eligible[i]!;
    const product = amountMinor * remaining[line]!;
    const share = Math.floor(product / baseMinor);
    rest[i] = product - share * baseMinor;
    remaining[line]! -= share;
    left -= share;
  }
  if (left > 0) takeOffRest(left, baseMinor, eligible, remaining, scratch);
}

/**
 * One unit more from each of the `left` largest remainders; of equal ones from the first lines. Remainders
 * are sorted into buckets by size; only in the bucket where the units run out must they be compared.
 */
function takeOffRest(
  left: number,
  baseMinor: number,
  eligible: Int32Array,
  remaining: Float64Array,
  { rest, bucket, inBucket, tied }: SpreadScratch,
): void {
  const count = eligible.length;
  const scale = BUCKETS / baseMinor; // Only sorts: a larger remainder is never in a smaller bucket.
  inBucket.fill(0);
  for (let i = 0; i < count; i++) {
    const place = Math.min(BUCKETS - 1, (rest[i]! * scale) | 0);
    bucket[i] = place;
    inBucket[place]! += 1;
  }
  let last = BUCKETS - 1;
  let units = left;
  while (inBucket[last]! < units) units -= inBucket[last--]!;
  let size = 0;
  for (let i = 0; i < count; i++) if (bucket[i] === last) tied[size++] = rest[i]!;
  const smallest = nthSmallest(tied, size, size - units);
  let ofSmallest = units;
  for (let i = 0; i < size; i++) if (tied[i]! > smallest) ofSmallest -= 1;
  for (let i = 0; i < count; i++) {
    if (bucket[i]! < last || (bucket[i] === last && rest[i]! < smallest)) continue;
    if (bucket[i] === last && rest[i] === smallest) {
      if (ofSmallest === 0) continue;
      ofSmallest -= 1;
    }
    remaining[eligible[i]!]! -= 1;
  }
}

/** Quickselect (Hoare 1961) with the middle as pivot; reorders the first `count` values. */
function nthSmallest(values: Float64Array, count: number, n: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i]! < pivot) i += 1;
      while (values[j]! > pivot) j -= 1;
      if (i > j) break;
      const value = values[i]!;
      values[i++] = values[j]!;
      values[j--] = value;
    }
    if (n <= j) high = j;
    else if (n >= i) low = i;
    else break;
  }
  return values[n]!;
}

/** Products beyond the safe integers: carts of billions, for which the kernel's bigint is fast enough. */
function takeOffLarge(amountMinor: number, eligible: Int32Array, remaining: Float64Array): void {
  const weights = Array.from(eligible, (line) => remaining[line]!);
  allocate(amountMinor, weights).forEach((share, i) => {
    remaining[eligible[i]!]! -= share;
  });
}
