/**
 * The dearest units that are left in a cart. Coupons that take one unit each never take the same one, so
 * `n` of them together take at most the `n` dearest: a bound for many EXCHANGE coupons that all point at
 * the same dear product.
 */
import type { SearchProblem } from './problem.js';

/**
 * Fills `units` with the dearest, descending, zeros at the end. A line whose price does not divide what
 * is left on it ends in a smaller unit.
 */
export function dearestUnits(
  { unitPriceMinor }: SearchProblem,
  remainingMinor: Float64Array,
  units: Float64Array,
): void {
  units.fill(0);
  const last = units.length - 1;
  for (let line = 0; line < remainingMinor.length; line++) {
    const priceMinor = unitPriceMinor[line]!;
    let leftMinor = remainingMinor[line]!;
    while (Math.min(priceMinor, leftMinor) > units[last]!) {
      const unitMinor = Math.min(priceMinor, leftMinor);
      insert(units, unitMinor);
      leftMinor -= unitMinor;
    }
  }
}

function insert(descending: Float64Array, value: number): void {
  let i = descending.length - 1;
  for (; i > 0 && descending[i - 1]! < value; i--) descending[i] = descending[i - 1]!;
  descending[i] = value;
}
