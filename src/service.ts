/**
 * One running service on an open installation: its HTTP server and, in its role, its jobs.
 *
 * Stopping drains: nothing new is taken, everything in hand is answered and committed. The installation
 * stays open; it belongs to whoever opened it.
 */
import type { Logger } from 'pino';
import { createApp, type App } from './app.js';
import type { Config } from './config/environment.js';
import type { Installation } from './installation.js';
import { systemClock, type Clock } from './kernel/clock.js';
import { checkRedis } from './storage/check-redis.js';
import type { Database } from './storage/database.js';
import type { RedisStore } from './storage/redis.js';
import { Authenticate } from './subgraph/authenticate.js';
import { buildSubgraph } from './subgraph/build-schema.js';
import { createHttpServer } from './subgraph/http-server.js';
import { createMetrics } from './subgraph/metrics.js';
import { readSafelist } from './subgraph/safelist.js';
import { createResolvers } from './subgraph/resolvers.js';
import { verificationKeys } from './subgraph/token-keys.js';
import { startJobs } from './upkeep/jobs.js';

export interface ServiceParts {
  readonly config: Config;
  readonly installation: Pick<Installation, 'database' | 'redis'>;
  readonly log: Logger;
  readonly clock?: Clock;
}

export interface Service {
  readonly app: App;
  readonly port: number;
  stop(): Promise<void>;
}

export async function startService(parts: ServiceParts): Promise<Service> {
  const { config, log, clock = systemClock } = parts;
  const { database, redis } = parts.installation;
  await demandFit(redis, config, log);
  const metrics = createMetrics();
  database.observe((_sql, _values, tookMs) => metrics.statements.observe(tookMs / 1_000));
  const onClaim = (outcome: string): void => metrics.claims.inc({ outcome });
  const app = createApp({
    config,
    database,
    redis,
    clock,
    log,
    onClaim,
    onRefusal: (step, code) => metrics.guardRefusals.inc({ step, code }),
    onSkip: (step) => metrics.guardSkips.inc({ step }),
  });
  const { resolvers, references } = createResolvers(app);
  let isDraining = false;
  const server = await createHttpServer({
    subgraph: config.role === 'worker' ? undefined : await buildSubgraph(resolvers, references),
    safelist:
      config.operationsManifest === undefined
        ? undefined
        : await readSafelist(config.operationsManifest),
    authenticate: new Authenticate(config, await verificationKeys(config)),
    metrics,
    log,
    isProduction: config.isProduction,
    isReady: async () => !isDraining && (await answers(database)),
  });
  await server.listen({ host: config.http.host, port: config.http.port });
  const jobs = config.role === 'api' ? undefined : startJobs(app);
  const { port } = server.server.address() as { port: number };
  return {
    app,
    port,
    stop: async () => {
      isDraining = true;
      await server.close();
      await jobs?.stop();
      await app.committer.drain();
      await app.refusals.drain();
    },
  };
}

/** @throws where production would run on a Redis that forgets what it is believed for */
async function demandFit(redis: RedisStore, config: Config, log: Logger): Promise<void> {
  for (const { kind, message } of await checkRedis(redis)) {
    if (kind === 'unfit' && config.isProduction) throw new Error(message);
    if (kind === 'unfit') log.error(message);
    else log.warn(message);
  }
}

async function answers(database: Database): Promise<boolean> {
  try {
    await database.rows('SELECT 1');
    return true;
  } catch {
    return false;
  }
}
