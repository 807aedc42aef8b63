/**
 * Starts the service in its role: `api` answers, `worker` runs the jobs, `all` does both.
 *
 * SIGTERM drains: nothing new is taken, everything in hand is answered and committed, then exit 0. A
 * second signal ends at once; the journal keeps what was on its way.
 */
import 'reflect-metadata';
import { pino } from 'pino';
import { createApp } from './app.js';
import { ConfigError, readConfig, type Config } from './config/environment.js';
import { DRAIN_MS } from './config/limits.js';
import { openInstallation } from './installation.js';
import { systemClock } from './kernel/clock.js';
import { Authenticate } from './subgraph/authenticate.js';
import { buildSubgraph } from './subgraph/build-schema.js';
import { createHttpServer } from './subgraph/http-server.js';
import { createMetrics } from './subgraph/metrics.js';
import { createResolvers } from './subgraph/resolvers.js';
import { verificationKeys } from './subgraph/token-keys.js';
import { startJobs } from './upkeep/jobs.js';

const config = readConfigOrExit();
const log = pino({ level: config.logLevel, base: { service: 'coupons', role: config.role } });
process.on('uncaughtException', (err) => {
  log.fatal({ err }, 'uncaught exception');
  process.exit(1);
});
await start();

async function start(): Promise<void> {
  const installation = await openInstallation(config, (line) => log.info(line));
  const { database, redis } = installation;
  const metrics = createMetrics();
  database.observe((_sql, _values, tookMs) => metrics.statements.observe(tookMs / 1_000));
  const app = createApp({ config, database, redis, clock: systemClock, log });
  const { resolvers, references } = createResolvers(app);
  let isDraining = false;
  const server = await createHttpServer({
    subgraph: config.role === 'worker' ? undefined : await buildSubgraph(resolvers, references),
    authenticate: new Authenticate(config, await verificationKeys(config)),
    metrics,
    log,
    isProduction: config.isProduction,
    isReady: async () => !isDraining && (await canServe()),
  });
  const jobs = config.role === 'api' ? undefined : startJobs(app);
  await server.listen({ host: config.http.host, port: config.http.port });
  const { port } = server.server.address() as { port: number };
  log.info({ port, host: config.http.host }, 'ready');

  async function canServe(): Promise<boolean> {
    try {
      await database.rows('SELECT 1');
      return true;
    } catch {
      return false;
    }
  }

  async function drain(signal: string): Promise<void> {
    if (isDraining) process.exit(1);
    isDraining = true;
    log.info({ signal }, 'draining');
    setTimeout(() => process.exit(1), DRAIN_MS + 1_500).unref();
    await server.close();
    await jobs?.stop();
    await app.committer.drain();
    await installation.close();
    log.info('stopped');
    process.exit(0);
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void drain(signal));
}

function readConfigOrExit(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return process.exit(2);
  }
}
