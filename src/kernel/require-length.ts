/** How long a text may be that callers choose freely: a key, a reason. In UTF-16 units, as `length` counts. */
import { requireInput } from './input-error.js';

/** @throws InputError naming `field` where there is no text, or too much */
export function requireLength(text: string, field: string, max: number): void {
  const isFit = text.length >= 1 && text.length <= max;
  requireInput(isFit, field, `must have 1 to ${max} characters`);
}

/** It may be empty. @throws InputError naming `field` */
export function requireNoLonger(text: string, field: string, max: number): void {
  requireInput(text.length <= max, field, `must be at most ${max} characters`);
}
