/**
 * Ids from outside (users, orders, lines, products): printable ASCII without blanks, so that no
 * collation, padding or normalisation can make two of them equal.
 */
import { requireInput } from './input-error.js';

const EXTERNAL_ID = /^[\x21-\x7e]{1,128}$/;

export function isExternalId(text: string): boolean {
  return EXTERNAL_ID.test(text);
}

/** @throws InputError naming `field` */
export function readExternalId(text: string, field: string): string {
  requireInput(
    isExternalId(text),
    field,
    'must be 1 to 128 printable ASCII characters without blanks',
  );
  return text;
}
