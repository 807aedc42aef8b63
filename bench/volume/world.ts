/** One database of the bench: so many coupons, an application of its own over it, and a service that is asked. */
import { createConnection } from 'mysql2/promise';
import type { App } from '../../src/app.js';
import { readConfig } from '../../src/config/environment.js';
import { openInstallation, type Installation } from '../../src/installation.js';
import { TestClock } from '../../test/kit/test-clock.js';
import { activeTemplate } from '../../test/kit/world.js';
import { startLane, stopLane, type Address } from '../kit/lane.js';
import { progress, type OwnServers } from '../kit/own-servers.js';
import { composeApp } from '../kit/serve.js';
import { COUPONS_PER_USER, seed } from './seed.js';

/** Of each user in a round: more than the fastest round gives. */
const PER_USER = 100;

export interface World {
  readonly coupons: number;
  readonly app: App;
  readonly database: Installation['database'];
  readonly service: Address;
  /** A new template for a round of claims. */
  template(): Promise<string>;
  close(): Promise<void>;
}

export async function openWorld(
  servers: OwnServers,
  name: string,
  redisNumber: number,
  coupons: number,
): Promise<World> {
  const url = new URL(servers.env['MYSQL_URL']!);
  const admin = await createConnection(url.href);
  await admin.query(`CREATE DATABASE coupons_${name} CHARACTER SET utf8mb4`);
  await admin.end();
  url.pathname = `/coupons_${name}`;
  const redisUrl = new URL(servers.env['REDIS_URL']!);
  redisUrl.pathname = `/${redisNumber}`;
  const env = {
    ...servers.env,
    MYSQL_URL: url.href,
    REDIS_URL: redisUrl.href,
    CLAIMS_PER_NETWORK_PER_HOUR: '0',
  };
  const config = readConfig({ NODE_ENV: 'test', ...env });
  const installation = await openInstallation(config, progress);
  const app = composeApp(config, installation);
  const template = async (): Promise<string> => {
    const rules = { totalCount: 50_000_000, perUserLimit: PER_USER };
    return (await activeTemplate({ app, clock: new TestClock() }, rules)).id;
  };
  const ids: string[] = [];
  for (let i = 0; i < COUPONS_PER_USER; i += 1) ids.push(await template());
  await seed(url.href, ids, coupons);
  const service = await startLane(new URL('service-lane.ts', import.meta.url), env);
  return {
    coupons,
    app,
    database: installation.database,
    service: service.ready as Address,
    template,
    close: async () => {
      await stopLane(service.child);
      await installation.close();
    },
  };
}
