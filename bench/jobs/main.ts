/**
 * What expiring a million coupons at once does to claims: their latency at a steady rate while a worker
 * expires, beside the same rate while its job is held back. The two take turns, so that whatever else the
 * machine does is in both. The worker is a process of its own; the claims come from this one. It ends when
 * all are expired or its time is over, and `verify` proves that nothing was lost on the way.
 * Needs nothing running: it starts its own servers.
 *
 *   npm run bench:jobs              1,000,000 coupons, 20 minutes at most
 *   npm run bench:jobs -- --quick   100,000
 *   … --coupons 60000               as many as one likes
 */
import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startServers } from '../../src/storage/servers/start-servers.js';
import { cpuMsOf } from '../kit/cpu.js';
import { claimSteadily, type Stretch } from './claim-load.js';
import { startExpiryWorker } from './expiry-worker.js';
import { openBenchApp } from './open-app.js';
import { printRounds, type Measured } from './report.js';
import { seedExpired } from './seed-expired.js';

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, coupons: { type: 'string' } },
});
const COUPONS = Number(values.coupons ?? (values.quick ? 100_000 : 1_000_000));
const CLAIMS_PER_S = 200;
const WARM_MS = 3_000;
/** Half as long as a run of the job. */
const QUIET_MS = 10_000;
/** As many quiet stretches; what is left to expire then is expired while claims run, and counted with the rest. */
const ROUNDS = 10;
const BUSY_MAX_MS = 20 * 60_000;

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
  const { app, template, verify, close } = await openBenchApp(env);
  const old = await template();
  const open = await template();
  progress(`making ${COUPONS} coupons that are over`);
  const seedMs = performance.now();
  await seedExpired(servers.mysqlUrl, old, COUPONS);
  progress(`made in ${((performance.now() - seedMs) / 1_000).toFixed(0)} s`);
  const worker = await startExpiryWorker(app.database, env);
  const pids = { mysql: servers.pids.mysql!, worker: worker.pid, claims: process.pid };
  const rounds: Measured[] = [];
  let expired = 0;
  try {
    await claimFor(WARM_MS);
    const endMs = performance.now() + BUSY_MAX_MS;
    while (expired < COUPONS && performance.now() < endMs) {
      await worker.calm();
      const quiet = rounds.length < ROUNDS ? await measure(() => claimFor(QUIET_MS)) : undefined;
      const busy = await measure(() => claimWhile(worker.runOnce()));
      const before = expired;
      expired = await worker.handled();
      rounds.push({ quiet, busy, expired: expired - before });
      progress(`${expired} expired`);
    }
  } finally {
    await worker.stop();
  }
  printRounds(rounds, CLAIMS_PER_S);
  const { ok, violations } = await verify();
  process.stdout.write(ok ? 'every promise holds\n' : `${violations.join('\n')}\n`);
  await close();
  if (!ok || expired < COUPONS) process.exitCode = 1;

  function claimFor(forMs: number): Promise<Stretch> {
    const endMs = performance.now() + forMs;
    return claimSteadily(app, open, CLAIMS_PER_S, () => performance.now() > endMs);
  }

  async function claimWhile(work: Promise<void>): Promise<Stretch> {
    let isDone = false;
    const end = work.finally(() => (isDone = true));
    const stretch = await claimSteadily(app, open, CLAIMS_PER_S, () => isDone);
    await end;
    return stretch;
  }

  async function measure(work: () => Promise<Stretch>): Promise<Measured['busy']> {
    const cpuMs = () => Object.values(pids).map(cpuMsOf);
    const before = cpuMs();
    const stretch = await work();
    const [mysql, service, claims] = cpuMs().map((ms, i) => (ms - before[i]!) / stretch.lastedMs);
    return { stretch, cpu: { mysql: mysql!, worker: service!, claims: claims! } };
  }
}
