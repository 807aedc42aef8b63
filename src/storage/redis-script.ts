/**
 * Lua scripts are files of their own, named `verb-noun-K.lua` with K the number of keys, opening with
 * a header of KEYS, ARGV and replies; a test holds name, header and body together.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export interface RedisScript {
  readonly lua: string;
  readonly sha: string;
  readonly keyCount: number;
}

/** Reads a script beside the caller: `loadScript(import.meta.url, './lua/reserve-claims-4.lua')`. */
export function loadScript(base: string, path: string): RedisScript {
  const keyCount = Number(/-(\d+)\.lua$/.exec(path)?.[1] ?? Number.NaN);
  if (!Number.isInteger(keyCount)) throw new Error(`${path} does not name its number of keys`);
  const lua = readFileSync(new URL(path, base), 'utf8');
  return { lua, sha: createHash('sha1').update(lua).digest('hex'), keyCount };
}
