/**
 * The service twice in one process: as it is, and with a quote that is answered from memory: the first
 * one it was asked for, of the same shape. Schema, HTTP, authentication, policies and metrics are its own in both.
 */
import 'reflect-metadata';
import type { App } from '../../src/app.js';
import { readConfig } from '../../src/config/environment.js';
import { openInstallation } from '../../src/installation.js';
import type { QuoteDiscount } from '../../src/quote/quote-discount.js';
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

const quotes: Record<ServiceLane, Pick<QuoteDiscount, 'run'>> = {
  quote: app.quoteDiscount,
  constant,
};
const urls: Record<string, Address> = {};
for (const [lane, quoteDiscount] of Object.entries(quotes)) {
  const url = await serve({ ...app, quoteDiscount } as App, authenticate);
  urls[lane] = { url, pid: process.pid };
}
process.send!(urls);
process.on('SIGTERM', () => process.exit(0));
