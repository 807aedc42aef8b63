/** 128-bit digests of caller-chosen text, 22 characters: keys of any length and alphabet become one form. */
import { createHash } from 'node:crypto';

export function digest(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('base64url').slice(0, 22);
}
