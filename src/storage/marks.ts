/** So many marks for values in a list of SQL: `?, ?, ?`, or `(?, ?), (?, ?)`. */
export function marks(count: number, mark = '?'): string {
  return Array(count).fill(mark).join(', ');
}
