/** The application of this process, on stores that a worker shares with it. */
import { pino } from 'pino';
import { createApp, type App } from '../../src/app.js';
import { readConfig } from '../../src/config/environment.js';
import { openInstallation } from '../../src/installation.js';
import { systemClock } from '../../src/kernel/clock.js';
import { verifyPatiently } from '../../src/tools/verify-patiently.js';
import type { Verdict } from '../../src/upkeep/verify.js';
import { TestClock } from '../../test/kit/test-clock.js';
import { activeTemplate } from '../../test/kit/world.js';

export interface BenchApp {
  readonly app: App;
  /** A new template with stock for everybody. @returns its id */
  readonly template: () => Promise<string>;
  /** Over all coupons, however long it takes. */
  readonly verify: () => Promise<Verdict>;
  readonly close: () => Promise<void>;
}

export async function openBenchApp(env: Readonly<Record<string, string>>): Promise<BenchApp> {
  const config = readConfig({
    NODE_ENV: 'test',
    CLAIMS_PER_NETWORK_PER_HOUR: '0',
    CLAIMS_PER_DEVICE_PER_DAY: '0',
    ...env,
  });
  const installation = await openInstallation(
    config,
    (line) => void process.stderr.write(`${line}\n`),
  );
  const { database, redis, sealer, codeKeys } = installation;
  const log = pino({ level: 'silent' });
  const app = createApp({ config, database, redis, sealer, codeKeys, clock: systemClock, log });
  return {
    app,
    template: async () => {
      const made = { app, clock: new TestClock() };
      return (await activeTemplate(made, { totalCount: 50_000_000, perUserLimit: 2 })).id;
    },
    verify: () => verifyPatiently(installation),
    close: async () => {
      await app.committer.drain();
      await app.refusals.drain();
      await installation.close();
    },
  };
}
