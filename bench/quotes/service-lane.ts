/**
 * The service three times in one process: as it is; with a quote that is answered from memory: the first one it
 * was asked for, of the same shape; and with wallets from Redis, which nobody ever takes out of there: what a
 * cache of wallets could give at most. Schema, HTTP, authentication, policies and metrics are its own in all.
 */
import 'reflect-metadata';
import type { App } from '../../src/app.js';
import { QUOTE_WALLET_MAX } from '../../src/config/limits.js';
import { readConfig } from '../../src/config/environment.js';
import { openInstallation } from '../../src/installation.js';
import { readQuotable } from '../../src/coupon/coupon.store.js';
import type { Coupon } from '../../src/coupon/coupon.types.js';
import { systemClock } from '../../src/kernel/clock.js';
import { QuoteDiscount } from '../../src/quote/quote-discount.js';
import { QuoteStore } from '../../src/quote/quote-store.js';
import type { Wallets } from '../../src/quote/wallets.js';
import type { Address } from '../kit/lane.js';
import { authenticateFor, composeApp, serve } from '../kit/serve.js';
import type { ServiceLane } from './stage.js';

const config = readConfig({ ...process.env, NODE_ENV: 'test' });
const installation = await openInstallation(config, () => undefined);
const app = composeApp(config, installation);
const authenticate = await authenticateFor(config);

let first: ReturnType<QuoteDiscount['run']> | undefined;
const constant: Pick<QuoteDiscount, 'run'> = {
  run: (...asked) => (first ??= app.quoteDiscount.run(...asked)),
};

const { database, redis } = installation;

/** The wallet of the first time. */
async function walletFromRedis(userId: string, nowMs: number): Promise<Coupon[]> {
  const key = `bench-wallet:${userId}`;
  const kept = await redis.ask(key, (client) => client.get(key));
  if (kept !== null) return JSON.parse(kept) as Coupon[];
  const coupons = await readQuotable(database, [{ userId, nowMs }], QUOTE_WALLET_MAX);
  await redis.ask(key, (client) => client.set(key, JSON.stringify(coupons)));
  return coupons;
}

const cached = new QuoteDiscount({
  database,
  catalog: app.catalog,
  wallets: { of: walletFromRedis } as unknown as Wallets,
  store: new QuoteStore(database, redis, systemClock),
  liveQuoteOf: async () => undefined,
  clock: systemClock,
  maxCoupons: config.maxCouponsPerOrder,
});

const quotes: Record<ServiceLane, Pick<QuoteDiscount, 'run'>> = {
  quote: app.quoteDiscount,
  constant,
  cached,
};
const urls: Record<string, Address> = {};
for (const [lane, quoteDiscount] of Object.entries(quotes)) {
  const url = await serve({ ...app, quoteDiscount } as App, authenticate);
  urls[lane] = { url, pid: process.pid };
}
process.send!(urls);
process.on('SIGTERM', () => process.exit(0));
