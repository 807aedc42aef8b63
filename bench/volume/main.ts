/**
 * Twenty million coupons in the table beside ten thousand: claims a second, the wallet's slowest hundredth,
 * a chunk of the job that expires. Two databases of one server of its own, rounds in turn. It needs 30 GB of
 * disk while it runs, and takes half an hour, most of it to fill the table.
 *
 *   npm run bench:volume                          20,000,000 coupons
 *   npm run bench:volume -- --coupons 1000000     as many as you like, a multiple of ten
 *   npm run bench:volume -- --pool 4G             the buffer pool; 12G unless told
 *   npm run bench:volume -- --write               puts the table into docs/performance.md
 *
 * The last line is JSON.
 */
import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { machine, round, row, writeBetween } from '../kit/lanes.js';
import { openOwnServers, progress } from '../kit/own-servers.js';
import { median, spread } from '../kit/stats.js';
import { provideWrk } from '../kit/wrk.js';
import * as measure from './measure.js';
import { openWorld, type World } from './world.js';

const { values } = parseArgs({
  options: {
    coupons: { type: 'string', default: '20000000' },
    pool: { type: 'string', default: '12G' },
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '3' },
    wallets: { type: 'string', default: '5000' },
    write: { type: 'boolean', default: false },
  },
});
const SMALL = 10_000;
const USERS = 10_000;
/** Of 5,000 coupons that are over, in ten chunks. */
const CHUNK = 250;
const CHUNKS = 10;

/** Two series of numbers, of the small table and of the large one. */
type Pair = readonly [small: number[], large: number[]];

const wrk = await provideWrk();
// As full as random inserts leave pages; the rest is to build the indexes quickly.
const servers = await openOwnServers('volume', [
  `--innodb-buffer-pool-size=${values.pool}`,
  '--innodb-fill-factor=70',
  '--innodb-sort-buffer-size=64M',
  '--innodb-log-file-size=2G',
]);
const worlds: World[] = [];
try {
  for (const [name, coupons] of [
    ['small', SMALL],
    ['large', Number(values.coupons)],
  ] as const)
    worlds.push(await openWorld(servers, name, worlds.length + 1, coupons));
  await run(worlds[0]!, worlds[1]!);
} finally {
  for (const world of worlds) await world.close();
  await servers.close();
}

async function run(small: World, large: World): Promise<void> {
  const { rows, indexes } = await measure.sizeOf(large);
  const tokens = await servers.tokensOf(USERS);
  const readBefore = await measure.pagesRead(large);
  const inTurn = async (times: number, one: (world: World) => Promise<number>): Promise<Pair> => {
    const pair: Pair = [[], []];
    for (let i = 0; i < times; i += 1) {
      pair[0].push(await one(small));
      pair[1].push(await one(large));
    }
    return pair;
  };
  progress('wallets');
  await inTurn(1_000, measure.readOneWallet);
  const wallets = await inTurn(Number(values.wallets), measure.readOneWallet);
  progress('claims');
  const claim = (seconds: number) => (world: World) =>
    measure.claimForSeconds(world, wrk, tokens, seconds);
  await inTurn(1, claim(2));
  const claims = await inTurn(Number(values.rounds), claim(Number(values.seconds)));
  progress('expiry');
  for (const world of [small, large]) await measure.endSome(world, CHUNK * (CHUNKS + 1));
  await inTurn(1, (world) => measure.expireOneChunk(world, CHUNK));
  const chunks = await inTurn(CHUNKS, (world) => measure.expireOneChunk(world, CHUNK));
  const read = (await measure.pagesRead(large)) - readBefore;
  const ratios = {
    claims: ratio(claims, median),
    walletP50: ratio(wallets, median),
    walletP99: ratio(wallets, p99),
    expiryChunk: ratio(chunks, median),
  };
  const of = (pair: Pair, tell: (numbers: number[]) => string) => pair.map(tell);
  const ms = (value: number) => `${round(value, 2)}`;
  const range = (numbers: number[]) => `${Math.round(median(numbers))} (${spread(numbers)})`;
  const table = [
    row(['', `${SMALL} coupons`, `${values.coupons} coupons`, 'ratio']),
    row(['---', '---:', '---:', '---:']),
    row(['claims/s (lowest–highest)', ...of(claims, range), `${ratios.claims}`]),
    row(['wallet, p50 ms', ...of(wallets, (one) => ms(median(one))), `${ratios.walletP50}`]),
    row(['wallet, p99 ms', ...of(wallets, (one) => ms(p99(one))), `${ratios.walletP99}`]),
    row([
      `expiry, ms for ${CHUNK}`,
      ...of(chunks, (one) => ms(median(one))),
      `${ratios.expiryChunk}`,
    ]),
  ].join('\n');
  const how =
    `${machine()}; buffer pool ${values.pool}, rows ${gigabytes(rows)} GB and secondary indexes ${gigabytes(indexes)} GB, ` +
    `${read} pages read from disk while it was measured. ${values.rounds} rounds of ${values.seconds} s of claims with 64 connections, ` +
    `${values.wallets} wallets of any of all users, in turn.`;
  console.log(`${how}\n\n${table}`);
  if (values.write) await writeBetween('volume', `${how}\n\n${table}`);
  console.log(JSON.stringify({ bench: 'volume', coupons: Number(values.coupons), ratios }));
}

function ratio([small, large]: Pair, of: (numbers: number[]) => number): number {
  return round(of(large) / of(small), 3);
}

function p99(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length * 0.99)]!;
}

function gigabytes(bytes: number): number {
  return round(bytes / 2 ** 30, 1);
}
