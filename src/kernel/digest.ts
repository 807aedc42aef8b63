/** 128-bit digests of caller-chosen text, 22 characters: keys of any length and alphabet become one form. */
import { hash } from 'node:crypto';

/** The length before each part keeps ('ab', 'c') and ('a', 'bc') apart. */
export function digest(...parts: readonly string[]): string {
  let text = '';
  for (const part of parts) text += `${part.length}:${part}`;
  // In one call: a hash object for a few bytes costs three times as much.
  return hash('sha256', text, 'base64url').slice(0, 22);
}
