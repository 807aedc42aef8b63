/**
 * Quotes through HTTP: how many a second one process answers, beside the same server answering a constant
 * object of the same shape. Wallet of 10 coupons, cart of 10 lines. Printed as a ratio of one run, rounds
 * interleaved, because machines are noisy. Needs no running service: it starts its own on private stores.
 *
 *   npm run bench:quote:http            3 rounds of 4 s each
 *   npm run bench:quote:http -- --quick 1 round of 2 s
 */
import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import type { App } from '../../src/app.js';
import { readConfig, type Config } from '../../src/config/environment.js';
import { openInstallation } from '../../src/installation.js';
import { localSigner } from '../../src/subgraph/token-keys.js';
import { activeTemplate, callerOf, claim } from '../../test/kit/world.js';
import { TestClock } from '../../test/kit/test-clock.js';
import { authenticateFor, composeApp, serve } from '../kit/serve.js';
import { median } from '../kit/stats.js';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const ROUNDS = values.quick ? 1 : 3;
const ROUND_S = values.quick ? 2 : 4;
const CONNECTIONS = 32;

const QUERY = `query ($input: QuoteDiscountInput!) { quoteDiscount(input: $input) {
  id subtotal { amount } discount { amount } payable { amount } optimality expiresAt
  lines { lineId discount { amount } payable { amount } }
  applied { coupon { id status } discount { amount } lines { lineId discount { amount } } }
  options { coupon { id expiresAt } applied saves { amount } reason { code message } } } }`;

const yuan = (amount: string) => ({ amount, currency: 'CNY' });
const input = {
  currency: 'CNY',
  lines: Array.from({ length: 10 }, (_, i) => ({
    lineId: `L${i}`,
    productId: `P${i}`,
    categoryIds: [`C${i % 3}`],
    unitPrice: yuan(`${20 + i * 7}.50`),
    quantity: 1 + (i % 3),
  })),
};

const dataDir = await mkdtemp(join(tmpdir(), 'coupons-bench-'));
const config = readConfig({
  DATA_DIR: dataDir,
  NODE_ENV: 'test',
  SERVERS: process.env['SERVERS'] ?? 'auto',
});
const installation = await openInstallation(config, (line) => process.stderr.write(`${line}\n`));
try {
  await run(config);
} finally {
  await installation.close();
  await rm(dataDir, { recursive: true, force: true });
}

async function run(settings: Config): Promise<void> {
  const app = composeApp(settings, installation);
  const authenticate = await authenticateFor(settings);
  await fillWallet(app);
  const request = { ...input, couponIds: null, orderId: null, userId: null, atMs: null };
  const priced = await app.quoteDiscount.run(callerOf('buyer'), request);
  const constant = { ...app, quoteDiscount: { run: async () => priced } } as unknown as App;
  const urls = {
    quote: await serve(app, authenticate),
    constant: await serve(constant, authenticate),
  };
  const token = await (await localSigner(settings))({ sub: 'buyer' });
  await shoot(urls.quote, token);
  await shoot(urls.constant, token);
  const rates: Record<keyof typeof urls, number[]> = { quote: [], constant: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of ['quote', 'constant'] as const)
      rates[name].push(await shoot(urls[name], token));
  }
  const [quote, fixed] = [median(rates.quote), median(rates.constant)];
  const { applied, options, optimality } = priced.quote;
  process.stdout.write(
    `quotes/s ${quote.toFixed(0)}, constant/s ${fixed.toFixed(0)}, ratio ${(quote / fixed).toFixed(2)}` +
      ` (goal 0.50; ${options.length} coupons, ${applied.length} applied, ${optimality})\n`,
  );
}

async function fillWallet(app: App): Promise<void> {
  const world = { app, clock: new TestClock() };
  for (let i = 0; i < 10; i += 1) {
    const isPercent = i % 3 === 0;
    const { id } = await activeTemplate(world, {
      stackStrategy: i % 4 === 0 ? 'NONE' : 'ALL',
      scope: i % 2 === 0 ? null : { includeCategories: [`C${i % 3}`] },
      ...(isPercent ? { type: 'DISCOUNT' as const, tiers: null, rate: `0.${95 - i}` } : {}),
    });
    await claim(world, id, 'buyer');
  }
}

/** @returns requests a second; the load is made in a thread of its own */
async function shoot(url: string, token: string): Promise<number> {
  const result = await autocannon({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: QUERY, variables: { input } }),
    connections: CONNECTIONS,
    duration: ROUND_S,
    workers: 1,
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx + result.errors} failed`);
  return result.requests.average;
}
