/** A cursor of a batch's codes is the number of a code in it. */
import { CODES_PER_BATCH_MAX } from '../../config/limits.js';
import { requireInput } from '../../kernel/input-error.js';

export function cursorAt(serial: number): string {
  return Buffer.from(`code ${serial}`, 'latin1').toString('base64url');
}

/** The number after the cursor's. @throws InputError */
export function readCursor(after: string | null): number {
  if (after === null) return 0;
  const text = Buffer.from(after, 'base64url').toString('latin1');
  const serial = Number(/^code (\d{1,8})$/.exec(text)?.[1] ?? Number.NaN);
  requireInput(serial < CODES_PER_BATCH_MAX, 'after', 'is not a cursor of this list');
  return serial + 1;
}
