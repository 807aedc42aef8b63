/** The sum of the amounts at these positions. */
export function sumAt(amountsMinor: readonly number[], positions: readonly number[]): number {
  let sumMinor = 0;
  for (const position of positions) sumMinor += amountsMinor[position]!;
  return sumMinor;
}
