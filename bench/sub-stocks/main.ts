/**
 * What splitting a hot template gives: reservations and sold-out refusals a second at 1, 2, 4 and 8 parts,
 * on one Redis and on a cluster of three masters, from one process that does nothing else. Rounds are
 * interleaved, medians of one run are compared. Beside the rate stands the CPU that the busiest master
 * spent on a reservation: what that core alone would carry is a figure that a busy machine changes little.
 * Needs nothing running: it starts its own servers.
 *
 *   npm run bench:sub-stocks              5 rounds
 *   npm run bench:sub-stocks -- --quick   2 short ones
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { REDIS_BACKOFF_MS } from '../../src/config/limits.js';
import { connectRedis, RedisUnavailable } from '../../src/storage/redis.js';
import { startServers } from '../../src/storage/servers/start-servers.js';
import { startRedisCluster } from '../../test/kit/redis-cluster.js';
import { measure, type Kind, type Round } from './measure.js';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const ROUNDS = values.quick ? 2 : 5;
const ROUND_MS = values.quick ? 500 : 1_500;
const TRIES_MAX = 5;
const PARTS = [1, 2, 4, 8] as const;
const KINDS: readonly Kind[] = ['reserved', 'soldOut'];

const folder = await mkdtemp(join(tmpdir(), 'coupons-bench-'));
const server = await startServers({
  dataDir: folder,
  cacheDir: resolve('.cache/servers'),
  source: process.env['SERVERS'] === 'fetch' ? 'fetch' : 'auto',
  progress: (line) => process.stderr.write(`${line}\n`),
  want: { mysql: false },
});
const cluster = await startRedisCluster();
const targets = [
  { name: 'one Redis', redis: connectRedis(server.redisUrl) },
  { name: 'three masters', redis: connectRedis(cluster.url) },
] as const;
try {
  // As the masters of the cluster are: what a disk does is not the question here.
  for (const master of await targets[0].redis.masters())
    await master.config('SET', 'appendonly', 'no');
  const rounds = new Map<string, Round[]>();
  for (let i = 0; i <= ROUNDS; i += 1) {
    for (const { name, redis } of targets) {
      for (const parts of PARTS) {
        for (const kind of KINDS) {
          const round = await patiently(() => measure(redis, parts, kind, ROUND_MS));
          // The first of each only warms up.
          const key = keyOf(name, parts, kind);
          rounds.set(key, i === 0 ? [] : [...rounds.get(key)!, round]);
        }
      }
    }
  }
  print(rounds);
} finally {
  for (const { redis } of targets) redis.close();
  await cluster.stop();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

/** On a machine that has much else to do a command may miss its deadline: that round is made again. */
async function patiently(round: () => Promise<Round>): Promise<Round> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await round();
    } catch (error) {
      if (!(error instanceof RedisUnavailable) || tries === TRIES_MAX) throw error;
      await sleep(ROUND_MS + REDIS_BACKOFF_MS);
    }
  }
}

function keyOf(name: string, parts: number, kind: Kind): string {
  return `${name} ${parts} ${kind}`;
}

function print(rounds: ReadonlyMap<string, readonly Round[]>): void {
  const at = (name: string, parts: number, kind: Kind, field: keyof Round) =>
    median(rounds.get(keyOf(name, parts, kind))!.map((round) => round[field]));
  console.log(`${cpus().length} cores, ${cpus()[0]?.model}, Node ${process.version}`);
  const head = [
    'Redis',
    'parts',
    'reserved/s',
    'client µs',
    'Redis µs',
    'busiest µs',
    'core carries/s',
  ];
  console.log([...head, 'sold out/s', 'busiest µs', 'core carries/s'].join(' | '));
  const ratios: Record<string, number> = {};
  for (const { name } of targets) {
    for (const parts of PARTS) {
      const cells = KINDS.flatMap((kind) => {
        const of = (field: keyof Round) => at(name, parts, kind, field);
        const busiest = of('busiestUs');
        const told = [of('perSecond').toFixed(0)];
        if (kind === 'reserved') told.push(of('clientUs').toFixed(1), of('redisUs').toFixed(2));
        const base = at('one Redis', 1, kind, 'busiestUs');
        ratios[`${kind}_core_${name.replace(' ', '_')}_${parts}`] = round2(base / busiest);
        return [...told, busiest.toFixed(2), (1e6 / busiest).toFixed(0)];
      });
      console.log([name, parts, ...cells].join(' | '));
      const rate = at(name, parts, 'reserved', 'perSecond');
      ratios[`reserved_rate_${name.replace(' ', '_')}_${parts}`] = round2(
        rate / at('one Redis', 1, 'reserved', 'perSecond'),
      );
    }
  }
  console.log(JSON.stringify({ bench: 'sub-stocks', ratios }));
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

function round2(number: number): number {
  return Math.round(number * 100) / 100;
}
