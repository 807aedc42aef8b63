/**
 * 10,000 people draw from one red packet template at once, over HTTP; then every draw is proved from the seed.
 * Needs no running service: it starts its own on private stores. Exit 1 where the budget is not met exactly.
 *
 *   npm run bench:red-packets              10,000 draws
 *   npm run bench:red-packets -- 1000      fewer
 */
import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readConfig } from '../../src/config/environment.js';
import { openInstallation } from '../../src/installation.js';
import { systemClock } from '../../src/kernel/clock.js';
import { startService } from '../../src/service.js';
import { localSigner } from '../../src/subgraph/token-keys.js';
import { verifyDraws } from '../../src/upkeep/verify-draws.js';
import { activeTemplate } from '../../test/kit/world.js';
import { TestClock } from '../../test/kit/test-clock.js';
import { drawAll } from './draw-all.js';

const draws = Number(process.argv[2] ?? 10_000);
const BUDGET_MINOR = draws * 500 + 37;
const yuan = (amount: string) => ({ amount, currency: 'CNY' });

const dataDir = await mkdtemp(join(tmpdir(), 'coupons-red-packets-'));
const config = readConfig({
  NODE_ENV: 'test',
  DATA_DIR: dataDir,
  PORT: '0',
  SERVERS: process.env['SERVERS'],
  CLAIMS_PER_NETWORK_PER_HOUR: '0',
});
const installation = await openInstallation(config, (line) => process.stderr.write(`${line}\n`));
const log = pino({ level: 'error' });
const service = await startService({ config, installation, log, clock: systemClock });
try {
  const { id } = await activeTemplate(
    { app: service.app, clock: new TestClock() },
    {
      type: 'RED_PACKET',
      tiers: null,
      totalCount: draws,
      redPacket: {
        min: yuan('0.50'),
        max: yuan('88.00'),
        budget: yuan((BUDGET_MINOR / 100).toFixed(2)),
      },
    },
  );
  const sign = await localSigner(config);
  const tokens = await Promise.all(
    Array.from({ length: draws }, (_, i) => sign({ sub: `lucky-${i}` })),
  );
  const startMs = performance.now();
  const { minor, retries } = await drawAll(`http://127.0.0.1:${service.port}/graphql`, id, tokens);
  const seconds = (performance.now() - startMs) / 1_000;
  const verdict = await verifyDraws(installation.database, id);
  const rate = Math.round(minor.length / seconds);
  process.stdout.write(
    `${minor.length} draws in ${seconds.toFixed(1)} s (${rate} a second), ${retries} asked again\n` +
      `drawn ${minor.reduce((sum, one) => sum + one, 0)} of ${BUDGET_MINOR} minor units, ` +
      `${Math.min(...minor)} to ${Math.max(...minor)} each\n` +
      `${JSON.stringify(verdict)}\n`,
  );
  const isExact = verdict?.drawnMinor === BUDGET_MINOR && verdict.violations.length === 0;
  process.exitCode = isExact && minor.length === draws ? 0 : 1;
} finally {
  await service.stop();
  await installation.close();
  await rm(dataDir, { recursive: true, force: true });
}
