/** Numbers of rounds. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The lowest and the highest, beside the median: ±. */
export function spread(numbers: readonly number[]): string {
  return `${Math.round(Math.min(...numbers))}–${Math.round(Math.max(...numbers))}`;
}
