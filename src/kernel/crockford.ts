/**
 * Crockford's base 32: digits and capitals without I, L, O and U, so that what is read aloud or typed from
 * paper comes back the same. Source: Douglas Crockford, "Base 32", crockford.com/base32.html.
 */
export const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** What was typed as it was meant: capitals, no blanks or dashes, O a zero, I and L a one. */
export function asTyped(text: string): string {
  return text.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
}

/** All pairs of characters: two at a time are written as quickly as one. */
const PAIRS = Array.from({ length: 1_024 }, (_, i) => CROCKFORD[i >>> 5]! + CROCKFORD[i & 31]!);

/** @param value a whole number below 2^30 @returns the last `length` of its six characters */
export function toBase32(value: number, length = 6): string {
  const text = PAIRS[value >>> 20]! + PAIRS[(value >>> 10) & 1_023]! + PAIRS[value & 1_023]!;
  return length === 6 ? text : text.slice(6 - length);
}

/** @param text characters of the alphabet, at most ten of them */
export function fromBase32(text: string): number {
  let value = 0;
  for (const character of text) value = value * 32 + CROCKFORD.indexOf(character);
  return value;
}
