/**
 * Whether the memory of a service stays flat under load: the process of `npm start`, with its jobs, asked over HTTP
 * for claims, refusals, wallets, quotes and `_entities` of 100 coupons; its resident memory and heap each second.
 * Its servers are its own.
 *
 *   npm run bench:memory                     10 minutes
 *   npm run bench:memory -- --minutes 2      so many
 *   npm run bench:memory -- --write          puts the table into docs/performance.md
 *
 * The last line is JSON. Fails over 512 MB, or where memory grows after the warm-up (the first fifth).
 */
import 'reflect-metadata';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { createApp } from '../../src/app.js';
import { openInstallation } from '../../src/installation.js';
import { systemClock } from '../../src/kernel/clock.js';
import { verify } from '../../src/upkeep/verify.js';
import { startProcess } from '../../test/kit/process.js';
import { TestClock } from '../../test/kit/test-clock.js';
import { activeTemplate } from '../../test/kit/world.js';
import { AS_STARTED } from '../kit/lane.js';
import { machine, round, row, writeBetween } from '../kit/lanes.js';
import { openOwnServers, progress } from '../kit/own-servers.js';
import { median } from '../kit/stats.js';
import { MixedLoad } from './mixed-load.js';
import { sampleMemory, slopePerMinute, type Sample } from './samples.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    connections: { type: 'string', default: '32' },
    write: { type: 'boolean', default: false },
  },
});
const minutes = Number(values.minutes);
const connections = Number(values.connections);
const RSS_MAX_MB = 512;
/** Collections make the line wave; a leak of a byte in a request is more than this. */
const SLOPE_MAX_MB = 2;
const USERS = 20_000;

const servers = await openOwnServers('memory');
try {
  await run();
} finally {
  await servers.close();
}

async function run(): Promise<void> {
  const installation = await openInstallation(servers.config, progress);
  const { database, redis, sealer, codeKeys } = installation;
  const log = pino({ level: 'warn' });
  const { config } = servers;
  const made = { config, database, redis, sealer, codeKeys, clock: systemClock, log };
  const world = { app: createApp(made), clock: new TestClock() };
  const openId = (await activeTemplate(world, { totalCount: null, perUserLimit: 100 })).id;
  const soldOutId = (await activeTemplate(world, { totalCount: 1, perUserLimit: 1 })).id;
  const tokens = (await readFile(await servers.tokensOf(USERS), 'utf8')).split('\n');
  const service = await startProcess({
    ...servers.env,
    NODE_OPTIONS: AS_STARTED.join(' '),
    CLAIMS_PER_NETWORK_PER_HOUR: '0',
    CLAIMS_PER_DEVICE_PER_DAY: '0',
  });
  const load = new MixedLoad({ url: service.url, tokens, openId, soldOutId });
  const untilMs = performance.now() + minutes * 60_000;
  const { href } = new URL('/metrics', service.url);
  progress(`${minutes} minutes of load`);
  const [samples] = await Promise.all([
    sampleMemory(service.child.pid!, href, untilMs),
    load.run(connections, untilMs),
  ]);
  await service.terminate();
  const { ok, violations } = await verify({ database, redis, clock: systemClock });
  await installation.close();
  if (!ok) throw new Error(violations.join('\n'));
  await tell(samples, load.answered);
}

async function tell(
  samples: readonly Sample[],
  answered: ReadonlyMap<string, number>,
): Promise<void> {
  const warm = samples.filter(({ atMs }) => atMs >= minutes * 12_000);
  const requests = [...answered.values()].reduce((sum, count) => sum + count, 0);
  const result = {
    bench: 'memory',
    minutes,
    requests,
    maxRssMb: round(Math.max(...samples.map(({ rssMb }) => rssMb)), 0),
    rssMbPerMinute: round(
      slopePerMinute(warm, ({ rssMb }) => rssMb),
      2,
    ),
    heapMbPerMinute: round(
      slopePerMinute(warm, ({ heapMb }) => heapMb),
      2,
    ),
  };
  const kinds = [...answered].map(([kind, count]) => `${count} ${kind}`).join(', ');
  const how = `${minutes} minutes, ${connections} connections, ${requests} requests (${kinds}), load and stores on the same cores; ${machine()}.`;
  const found = `Most: ${result.maxRssMb} MB. After the first fifth: ${result.rssMbPerMinute} MB a minute resident, ${result.heapMbPerMinute} MB a minute of heap.`;
  const text = `${how}\n\n${tableOf(samples)}\n\n${found}`;
  console.log(text);
  if (values.write) await writeBetween('memory', text);
  console.log(JSON.stringify(result));
  if (result.maxRssMb >= RSS_MAX_MB || result.rssMbPerMinute > SLOPE_MAX_MB) process.exitCode = 1;
}

function tableOf(samples: readonly Sample[]): string {
  const byMinute = Map.groupBy(samples, ({ atMs }) => Math.floor(atMs / 60_000) + 1);
  return [
    row(['minute', 'resident MB, median', 'most', 'heap MB, least', 'most']),
    row(['---:', '---:', '---:', '---:', '---:']),
    ...[...byMinute].map(([minute, some]) => {
      const rss = some.map(({ rssMb }) => rssMb);
      const heap = some.map(({ heapMb }) => heapMb);
      const cells = [minute, median(rss), Math.max(...rss), Math.min(...heap), Math.max(...heap)];
      return row(cells.map((cell) => String(Math.round(cell))));
    }),
  ].join('\n');
}
