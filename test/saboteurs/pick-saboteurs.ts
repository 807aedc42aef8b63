/** Which few of many are tried for one commit: the same for the same hash, others for another. */
import { createHash } from 'node:crypto';

export function pickSaboteurs<T extends { readonly name: string }>(
  all: readonly T[],
  count: number,
  by: string,
): T[] {
  const lot = ({ name }: T) => createHash('sha256').update(`${by} ${name}`).digest('hex');
  return [...all].sort((a, b) => (lot(a) < lot(b) ? -1 : 1)).slice(0, count);
}
