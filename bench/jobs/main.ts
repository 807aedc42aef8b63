/**
 * What expiring a million coupons at once does to claims: their latency at a steady rate while a worker
 * expires, beside the same rate while nothing else happens, and how fast it expires. The worker is a process
 * of its own; the claims come from this one. Then `verify` proves that nothing was lost on the way.
 * Needs nothing running: it starts its own servers.
 *
 *   npm run bench:jobs              1,000,000 coupons
 *   npm run bench:jobs -- --quick   100,000
 */
import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startServers } from '../../src/storage/servers/start-servers.js';
import { readJobs } from '../../src/upkeep/frame/job.store.js';
import { verify } from '../../src/upkeep/verify.js';
import { startProcess } from '../../test/kit/process.js';
import { openBenchApp } from './open-app.js';
import { claimSteadily, type Latencies } from './claim-load.js';
import { seedExpired } from './seed-expired.js';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const COUPONS = values.quick ? 100_000 : 1_000_000;
const CLAIMS_PER_S = 200;
const QUIET_MS = values.quick ? 10_000 : 30_000;

const dataDir = await mkdtemp(join(tmpdir(), 'coupons-jobs-'));
const progress = (line: string) => void process.stderr.write(`${line}\n`);
const servers = await startServers({
  dataDir,
  cacheDir: resolve('.cache/servers'),
  source: process.env['SERVERS'] === 'fetch' ? 'fetch' : 'auto',
  progress,
});
try {
  await run();
} finally {
  await servers.stop();
  await rm(dataDir, { recursive: true, force: true });
}

async function run(): Promise<void> {
  const env = { DATA_DIR: dataDir, MYSQL_URL: servers.mysqlUrl, REDIS_URL: servers.redisUrl };
  const { app, template, close } = await openBenchApp(env);
  const old = await template();
  const open = await template();
  progress(`making ${COUPONS} coupons that are over`);
  await seedExpired(servers.mysqlUrl, old, COUPONS);

  await claimFor(2_000);
  progress('claims alone');
  const quiet = await claimFor(QUIET_MS);
  progress('claims while a worker expires');
  const worker = await startProcess({ ...env, ROLE: 'worker' });
  const startMs = performance.now();
  let isDone = false;
  const watching = untilExpired().then(() => (isDone = true));
  const busy = await claimSteadily(app, open, CLAIMS_PER_S, () => isDone);
  await watching;
  const seconds = (performance.now() - startMs) / 1_000;
  await worker.terminate();

  print('alone', quiet);
  print('while coupons expire', busy);
  const rate = Math.round(COUPONS / seconds).toLocaleString('en');
  process.stdout.write(
    `p99 of claims, beside that of the quiet run: ${(busy.p99Ms / quiet.p99Ms).toFixed(1)}\n`,
  );
  process.stdout.write(
    `${COUPONS.toLocaleString('en')} expired in ${seconds.toFixed(0)} s: ${rate}/s\n`,
  );
  const { ok, violations } = await verify(app);
  process.stdout.write(ok ? 'every promise holds\n' : `${violations.join('\n')}\n`);
  await close();
  if (!ok) process.exitCode = 1;

  function claimFor(forMs: number): Promise<Latencies> {
    const endMs = performance.now() + forMs;
    return claimSteadily(app, open, CLAIMS_PER_S, () => performance.now() > endMs);
  }

  async function untilExpired(): Promise<void> {
    for (;;) {
      const jobs = await readJobs(app.database).catch(() => []);
      const job = jobs.find(({ name }) => name === 'expire-coupons');
      if (job !== undefined && job.handled >= COUPONS) return;
      await sleep(200);
    }
  }
}

function print(what: string, { claims, failures, p50Ms, p99Ms }: Latencies): void {
  process.stdout.write(
    `${what}: ${claims} claims at ${CLAIMS_PER_S}/s, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms, failed ${failures}\n`,
  );
}
