/**
 * A few random bytes at a time, out of many that the system was asked for at once: asking for fourteen costs
 * as much as for four thousand, and was a tenth of a claim (docs/performance.md).
 *
 * Promise: as good as `randomBytes`, no byte is handed out twice, and none stays here once it was.
 */
import { randomFillSync } from 'node:crypto';

const pool = Buffer.alloc(4_096);
let next = pool.length;

/** @param count at most 256 */
export function drawBytes(count: number): Uint8Array {
  if (next + count > pool.length) {
    randomFillSync(pool);
    next = 0;
  }
  const drawn = Uint8Array.prototype.slice.call(pool, next, next + count);
  pool.fill(0, next, next + count);
  next += count;
  return drawn;
}
