/**
 * What the statistics of a template of a million coupons cost: one statement over all of them, as it would
 * be on every look; the pages of the worker; and a look at what it counted. Needs nothing running: it
 * starts its own servers.
 *
 *   npm run bench:stats               1,000,000 coupons
 *   npm run bench:stats -- 200000
 */
import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../../src/config/environment.js';
import { openInstallation } from '../../src/installation.js';
import { systemClock } from '../../src/kernel/clock.js';
import { countCoupons } from '../../src/numbers/count-coupons.js';
import { countTemplates } from '../../src/numbers/count-templates.js';
import { readTemplateStats } from '../../src/numbers/read-template-stats.js';
import type { Database } from '../../src/storage/database.js';
import { seedTemplate } from '../../test/kit/seed.js';

const COUPONS = Number(process.argv[2] ?? 1_000_000);
/** Inserted by one statement, which must keep its deadline. */
const CHUNK = 1_000;

const dataDir = await mkdtemp(join(tmpdir(), 'coupons-bench-'));
const config = readConfig({ DATA_DIR: dataDir, SERVERS: process.env['SERVERS'] ?? 'auto' });
const installation = await openInstallation(config, (line) => process.stderr.write(`${line}\n`));
try {
  await run(installation.database);
} finally {
  await installation.close();
  await rm(dataDir, { recursive: true, force: true });
}

async function run(database: Database): Promise<void> {
  const { id } = await seedTemplate(database);
  for (let from = 0; from < COUPONS; from += CHUNK)
    await patiently(() => insert(database, id, from));
  await database.transaction((sql) =>
    sql.change('UPDATE template SET issued = ? WHERE id = ?', [COUPONS, id]),
  );
  const whole = `SELECT status, COUNT(*), SUM(discount_minor), SUM(expires_at <= NOW()) FROM coupon
    WHERE template_id = ? GROUP BY status`;
  await report('one statement over all', () => database.rows(whole, [id]));
  const took: number[] = [];
  const stop = database.observe((_sql, _values, tookMs) => took.push(tookMs));
  await report('the same in pages', () => countCoupons(database, systemClock, id));
  stop();
  const longest = Math.max(...took);
  console.log(`  ${took.length} statements, the longest ${longest.toFixed(0)} ms`);
  await report('the run of the worker, paced', () =>
    countTemplates({ database, signal: new AbortController().signal }, systemClock),
  );
  const template = { id, issued: COUPONS };
  await report('a look', () => readTemplateStats(database, systemClock, template));
}

async function report(what: string, work: () => Promise<unknown>): Promise<void> {
  const beganMs = performance.now();
  const failure = await work().then(
    () => '',
    (error: unknown) => ` (${String(error)})`,
  );
  console.log(`${what}: ${(performance.now() - beganMs).toFixed(1)} ms${failure}`);
  // MySQL is left alone for a moment after somebody waited in vain.
  if (failure !== '') await sleep(2_000);
}

/** A busy machine may miss a deadline; what was inserted after all is left as it is. */
async function patiently(work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries >= 20) throw error;
      await sleep(1_000);
    }
  }
}

/** Users in no order, as claims come. */
async function insert(database: Database, templateId: string, from: number): Promise<void> {
  const digits =
    '(SELECT 0 d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)';
  await database.transaction((sql) =>
    sql.change(
      `INSERT IGNORE INTO coupon (id, template_id, template_version, user_id, slot, status, version, code,
         claim_key, claim_fingerprint, channel, claimed_at, valid_from, expires_at)
       SELECT LPAD(n, 26, '0'), ?, 1, MD5(n), 1, 'UNUSED', 1, CONCAT('C', n), LPAD(n, 22, '0'),
         LPAD(n, 22, '0'), ELT(1 + n % 4, 'app', 'web', 'wechat', 'mini'), NOW(3), NOW(3),
         NOW(3) + INTERVAL n % 60 DAY
       FROM (SELECT ? + a.d + 10 * b.d + 100 * c.d AS n
             FROM ${digits} a, ${digits} b, ${digits} c) numbers`,
      [templateId, from],
    ),
  );
}
