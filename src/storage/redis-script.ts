/**
 * Lua scripts are files of their own, named `verb-noun-K.lua` with K the number of keys (n: any, which is
 * one in a cluster), opening with a header of KEYS, ARGV and replies; a test holds name, header and body together.
 *
 * A script may ask `lifeOfServer()`: which run of the server this is and under which replication history.
 * Either changes with everything that can set Redis back: a restart, a fail-over, a full resync. Nothing
 * in the data set can tell, since it comes back from the past with the rest. A gate has both in fields of
 * their own (`lifeOfGate(run, history)`): the version before asks for the run alone, and believes it too.
 *
 * A script may work on a sorted set by `onSortedSet(work, key, at)`, which replies `work(key, at)`: a key of
 * another type is nothing of ours, and is begun anew.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Sections of INFO are asked one by one: older servers take one at a time. */
const LIFE_OF_SERVER = `local function lifeOfServer()
  local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
  return run .. '.' .. string.match(redis.call('INFO', 'replication'), 'master_replid:(%w+)')
end
local function lifeOfGate(run, history)
  return (run or '') .. '.' .. (history or '')
end
`;

const ON_SORTED_SET = `local function onSortedSet(work, key, at)
  local isDone, reply = pcall(work, key, at)
  if isDone then return reply end
  if redis.call('TYPE', key).ok == 'zset' then error(reply) end
  redis.call('UNLINK', key)
  return work(key, at)
end
`;

export interface RedisScript {
  readonly lua: string;
  readonly sha: string;
  /** n: any number. */
  readonly keyCount: number | 'n';
}

/** Reads a script beside the caller: `loadScript(import.meta.url, './lua/reserve-claims-4.lua')`. */
export function loadScript(base: string, path: string): RedisScript {
  const named = /-(\d+|n)\.lua$/.exec(path)?.[1];
  if (named === undefined) throw new Error(`${path} does not name its number of keys`);
  const text = readFileSync(new URL(path, base), 'utf8');
  const life = text.includes('lifeOfServer()') ? LIFE_OF_SERVER : '';
  const lua = life + (text.includes('onSortedSet(') ? ON_SORTED_SET : '') + text;
  return {
    lua,
    sha: createHash('sha1').update(lua).digest('hex'),
    keyCount: named === 'n' ? named : Number(named),
  };
}
