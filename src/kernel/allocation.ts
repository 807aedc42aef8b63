/**
 * Spreads an amount over weights in proportion, to the last minor unit.
 *
 * Largest remainder (Hamilton's method): everyone gets the floor of the exact share, then the units
 * left go one each to the largest fractional parts; a tie goes to the earlier position. When the amount
 * is at most the sum of the weights, no share is larger than its weight.
 */
import { mulDivFloor } from './money.js';

/**
 * @param amount what to spread, an integer with 0 ≤ amount
 * @param weights integers ≥ 0, in the order that breaks ties; their sum is a safe integer
 * @returns one integer a weight; they add up to `amount`, or are all zero where every weight is zero
 */
export function allocate(amount: number, weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return weights.map(() => 0);
  const shares = weights.map((weight) => mulDivFloor(amount, weight, total));
  let left = amount - shares.reduce((sum, share) => sum + share, 0);
  if (left === 0) return shares;
  const byRemainder = weights
    .map((weight, position) => ({ position, rest: remainder(amount, weight, total) }))
    .sort((a, b) => compareRest(b.rest, a.rest) || a.position - b.position);
  for (const { position } of byRemainder) {
    if (left === 0) break;
    shares[position]! += 1;
    left -= 1;
  }
  return shares;
}

function remainder(amount: number, weight: number, total: number): number | bigint {
  const product = amount * weight;
  return Number.isSafeInteger(product)
    ? product % total
    : (BigInt(amount) * BigInt(weight)) % BigInt(total);
}

function compareRest(a: number | bigint, b: number | bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
