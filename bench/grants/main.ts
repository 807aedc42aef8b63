/**
 * A grant of 100,000 users, uploaded as one list over HTTP, whose workers are killed five times in the middle:
 * everybody has exactly one coupon, and the rates are printed. Ends with verify. Needs nothing running: it
 * starts its own servers.
 *
 *   npm run bench:grants              100,000 users
 *   npm run bench:grants -- --quick   5,000
 */
import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { createApp } from '../../src/app.js';
import { readConfig } from '../../src/config/environment.js';
import { openInstallation } from '../../src/installation.js';
import { systemClock } from '../../src/kernel/clock.js';
import { startServers } from '../../src/storage/servers/start-servers.js';
import { verify } from '../../src/upkeep/verify.js';
import { usersOf } from '../../test/grant/start.js';
import { TestClock } from '../../test/kit/test-clock.js';
import { activeTemplate } from '../../test/kit/world.js';
import { countGiven, runWithKills } from './kill-workers.js';
import { asCsv, asNdjson, openUpload } from './upload-list.js';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const USERS = values.quick ? 5_000 : 100_000;
const KILLS = 5;

const dataDir = await mkdtemp(join(tmpdir(), 'coupons-grants-'));
const progress = (line: string) => void process.stderr.write(`${line}\n`);
const source = process.env['SERVERS'] === 'fetch' ? 'fetch' : 'auto';
const servers = await startServers({ dataDir, cacheDir: '.cache/servers', source, progress });
const env = { DATA_DIR: dataDir, MYSQL_URL: servers.mysqlUrl, REDIS_URL: servers.redisUrl };
const config = readConfig({ NODE_ENV: 'test', ...env });
const installation = await openInstallation(config, progress);
try {
  const { database, redis, sealer, codeKeys } = installation;
  const log = pino({ level: 'silent' });
  const app = createApp({ config, database, redis, sealer, codeKeys, clock: systemClock, log });
  const { id: templateId } = await activeTemplate(
    { app, clock: new TestClock() },
    { claimMethod: 'GRANT_ONLY', totalCount: USERS },
  );
  const upload = await openUpload(config, env, templateId);
  const users = usersOf(USERS);
  const csv = await upload.send('text/csv', asCsv(users));
  // The same list under the same key: the same grant, read whole once more.
  const ndjson = await upload.send('application/x-ndjson', asNdjson(users));
  await upload.close();
  const { id } = csv.grant;
  const { killedAt, tookMs, workedMs } = await runWithKills(database, id, KILLS, env);
  const given = await countGiven(database, id);
  const { violations } = await verify({ database, redis, clock: systemClock });
  console.log(`${cpus().length} cores, ${cpus()[0]?.model}, Node ${process.version}`);
  for (const { type, bytes, tookMs: ms, grant, replayed } of [csv, ndjson]) {
    const note = replayed ? ', the same grant' : '';
    const size = `${(bytes / 1e6).toFixed(1)} MB`;
    console.log(
      `${type}, ${size}: ${grant.requested} users taken in ${(ms / 1_000).toFixed(1)} s${note}`,
    );
  }
  console.log(`workers killed at ${killedAt.join(', ')} coupons`);
  console.log(`${given.coupons} coupons, ${given.users} users; violations: ${violations.length}`);
  const rates = {
    perSecondAtWork: Math.round((USERS / workedMs) * 1_000),
    perSecondInAll: Math.round((USERS / tookMs) * 1_000),
  };
  console.log(JSON.stringify({ bench: 'grants', users: USERS, kills: KILLS, ...rates }));
  const isOneGrant = ndjson.replayed && ndjson.grant.id === id && csv.grant.requested === USERS;
  const isRight =
    isOneGrant && given.coupons === USERS && given.users === USERS && violations.length === 0;
  if (!isRight) process.exitCode = 1;
} finally {
  await installation.close();
  await servers.stop();
  await rm(dataDir, { recursive: true, force: true });
}
