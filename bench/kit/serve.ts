/** The service's own HTTP face before an application that a bench has changed one use case of. */
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { createApp, type App } from '../../src/app.js';
import type { Config } from '../../src/config/environment.js';
import type { Installation } from '../../src/installation.js';
import { systemClock } from '../../src/kernel/clock.js';
import { AdmissionControl } from '../../src/subgraph/admission.js';
import { Authenticate } from '../../src/subgraph/authenticate.js';
import { buildSubgraph } from '../../src/subgraph/build-schema.js';
import { createHttpServer } from '../../src/subgraph/http-server.js';
import { listenAt } from '../../src/subgraph/listeners.js';
import { createMetrics } from '../../src/subgraph/metrics.js';
import { createResolvers } from '../../src/subgraph/resolvers.js';
import { verificationKeys } from '../../src/subgraph/token-keys.js';

const log = pino({ level: 'warn' });

/** Composed as service.ts does it, with metrics on. */
export function composeApp(
  config: Config,
  { database, redis, sealer, codeKeys }: Installation,
): App {
  const metrics = createMetrics();
  database.observe((_sql, _values, tookMs) => metrics.statements.observe(tookMs / 1_000));
  return createApp({
    config,
    database,
    redis,
    sealer,
    codeKeys,
    clock: systemClock,
    log,
    onClaim: (outcome) => metrics.claims.inc({ outcome }),
    onRefusal: (step, code) => metrics.guardRefusals.inc({ step, code }),
    onSkip: (step) => metrics.guardSkips.inc({ step }),
  });
}

/** One authentication for all applications of a process: they see the same tokens. */
export async function authenticateFor(config: Config): Promise<Authenticate> {
  return new Authenticate(config, await verificationKeys(config));
}

/** @returns the URL of its GraphQL endpoint */
export async function serve(app: App, authenticate: Authenticate): Promise<string> {
  const { resolvers, references } = createResolvers(app);
  // It is not told of the load: a bench asks what is served, and nothing must be sent away.
  const admission = new AdmissionControl(systemClock);
  const server = await createHttpServer({
    subgraph: await buildSubgraph(resolvers, references),
    authenticate,
    metrics: createMetrics(),
    log,
    isProduction: false,
    admission,
    startGrant: app.startGrant,
    isReady: async () => true,
  });
  server.server.unref();
  const host = '127.0.0.1';
  await listenAt(server, { port: 0, host });
  return `http://${host}:${(server.server.address() as AddressInfo).port}/graphql`;
}
