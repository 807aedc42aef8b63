/**
 * Who gets the coupons: 500 bot accounts on 20 devices in 5 networks against 4,000 buyers, of whom some
 * share an office, a carrier's address or the family's tablet. 2,000 coupons, over HTTP, with and without
 * the guards. Needs no running service: it starts its own on private stores.
 *
 *   npm run bench:bots
 */
import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readConfig } from '../../src/config/environment.js';
import { startCaptcha } from '../../src/demo/neighbours/captcha.js';
import { startRiskService } from '../../src/demo/neighbours/risk-service.js';
import { openInstallation } from '../../src/installation.js';
import { startService } from '../../src/service.js';
import { localSigner } from '../../src/subgraph/token-keys.js';
import type { RulesInput } from '../../src/template/rules/rules-input.js';
import { activeTemplate } from '../../test/kit/world.js';
import { TestClock } from '../../test/kit/test-clock.js';
import { makeCrowd } from './crowd.js';
import { runSale, type Side } from './run-sale.js';

const COUPONS = 2_000;
const ROUTER_SECRET = 'the secret of the router in the simulation';

interface Scenario {
  readonly name: string;
  readonly rules: Partial<RulesInput>;
  readonly hasRiskService?: boolean;
  readonly botsSolve?: number;
  readonly hasMadeUpDevices?: boolean;
}

const OFF = { limits: { perNetworkPerHour: 0, perDevicePerDay: 0 } };
const SOFT = { verification: 'WHEN_RISKY' as const };
const SCENARIOS: readonly Scenario[] = [
  { name: 'no guards', rules: OFF },
  { name: 'limits alone (verification NEVER)', rules: {} },
  { name: 'limits, verification WHEN_RISKY', rules: SOFT },
  { name: '… bots solve 1 puzzle in 5', rules: SOFT, botsSolve: 0.2 },
  { name: '… and a risk service', rules: SOFT, botsSolve: 0.2, hasRiskService: true },
  {
    name: '… but a made-up device for each account',
    rules: SOFT,
    botsSolve: 0.2,
    hasRiskService: true,
    hasMadeUpDevices: true,
  },
];

const dataDir = await mkdtemp(join(tmpdir(), 'coupons-bots-'));
const base = { NODE_ENV: 'test', DATA_DIR: dataDir, PORT: '0', SERVERS: process.env['SERVERS'] };
const installation = await openInstallation(readConfig(base), (line) =>
  process.stderr.write(`${line}\n`),
);
const captcha = await startCaptcha();
try {
  process.stdout.write('| Guards | Bots got | of all coupons | Buyers asked | Buyers refused |\n');
  process.stdout.write('| --- | --- | --- | --- | --- |\n');
  for (const [index, scenario] of SCENARIOS.entries()) {
    const { bots, honest } = await play(scenario, index);
    process.stdout.write(`${lineOf(scenario.name, bots, honest)}\n`);
    process.stderr.write(`${JSON.stringify({ bots: bots.codes, honest: honest.codes })}\n`);
  }
} finally {
  await captcha.stop();
  await installation.close();
  await rm(dataDir, { recursive: true, force: true });
}

async function play(scenario: Scenario, index: number) {
  const risk = scenario.hasRiskService ? await startRiskService() : undefined;
  const config = readConfig({
    ...base,
    ROUTER_SECRETS: ROUTER_SECRET,
    // Another key is another set of counters: no scenario sees those of the one before.
    GUARD_KEY: `the key of the counters of scenario ${index}`,
    VERIFIER_URL: captcha.url,
    RISK_URL: risk?.url,
    // The service, the bots and the risk service share this machine, and here one process.
    RISK_DEADLINE_MS: '1000',
  });
  const service = await startService({ config, installation, log: pino({ level: 'error' }) });
  const sign = await localSigner(config);
  try {
    const world = { app: service.app, clock: new TestClock() };
    const { id } = await activeTemplate(world, { totalCount: COUPONS, ...scenario.rules });
    return await runSale({
      url: `http://${config.http.host}:${service.port}/graphql`,
      templateId: id,
      crowd: makeCrowd(scenario.hasMadeUpDevices ?? false),
      routerSecret: ROUTER_SECRET,
      tokenOf: (sub) => sign({ sub: `${sub}-${index}` }),
      earn: (userId, templateId) => captcha.earn(`${userId}-${index}`, templateId),
      botsSolve: scenario.botsSolve ?? 0,
    });
  } finally {
    await service.stop();
    await risk?.stop();
  }
}

function lineOf(name: string, bots: Side, honest: Side): string {
  const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(2)} %`;
  // Who came after the last coupon was refused by nobody's guard.
  const inTime = honest.got + honest.refused;
  const cells = [
    name,
    String(bots.got),
    percent(bots.got, bots.got + honest.got),
    percent(honest.asked, inTime),
    percent(honest.refused, inTime),
  ];
  return `| ${cells.join(' | ')} |`;
}
