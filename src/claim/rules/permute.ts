/**
 * A permutation of 0..count-1 that a secret decides: a balanced Feistel network over the smallest power of
 * four that holds them, walked until it is within (Black and Rogaway, "Ciphers with Arbitrary Finite
 * Domains", 2002: cycle walking). At most four steps on average, and nothing to store.
 */
import { hash } from 'node:crypto';

const ROUNDS = 6;

/** @param index 0 to count-1 @param count at most 2^32 @returns another index for every index */
export function permute(index: number, count: number, secret: string): number {
  const halfBits = Math.max(1, Math.ceil(Math.log2(count) / 2));
  const size = 2 ** halfBits;
  let at = index;
  do {
    let left = Math.floor(at / size);
    let right = at % size;
    for (let round = 0; round < ROUNDS; round += 1) {
      [left, right] = [right, left ^ (roundValue(secret, round, right) % size)];
    }
    at = left * size + right;
  } while (at >= count);
  return at;
}

function roundValue(secret: string, round: number, half: number): number {
  return hash('sha256', `${secret} place ${round} ${half}`, 'buffer').readUInt16BE();
}
