/**
 * One running service on an open installation: its HTTP server and, in its role, its jobs.
 *
 * Stopping drains: nothing new is taken, everything in hand is answered and committed. The installation
 * stays open; it belongs to whoever opened it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { createApp, type App } from './app.js';
import { countJournalEntries } from './claim/count-journal-entries.js';
import type { Config } from './config/environment.js';
import { JOURNAL_COUNT_EVERY_MS } from './config/limits.js';
import type { Installation } from './installation.js';
import { systemClock, type Clock } from './kernel/clock.js';
import { openReadPath } from './read-path.js';
import { checkRedis } from './storage/check-redis.js';
import type { Database } from './storage/database.js';
import type { RedisStore } from './storage/redis.js';
import { AdmissionControl } from './subgraph/admission.js';
import { Authenticate } from './subgraph/authenticate.js';
import { buildSubgraph } from './subgraph/build-schema.js';
import { createHttpServer } from './subgraph/http-server.js';
import { listenAt } from './subgraph/listeners.js';
import { createMetrics, type Metrics } from './subgraph/metrics.js';
import { readSafelist } from './subgraph/safelist.js';
import { createResolvers } from './subgraph/resolvers.js';
import { verificationKeys } from './subgraph/token-keys.js';
import { readJobs } from './upkeep/frame/job.store.js';
import { startJobs } from './upkeep/jobs.js';

export interface ServiceParts {
  readonly config: Config;
  readonly installation: Pick<Installation, 'database' | 'redis' | 'sealer' | 'codeKeys'> &
    Partial<Pick<Installation, 'replicas'>>;
  readonly log: Logger;
  readonly clock?: Clock;
}

export interface Service {
  readonly app: App;
  readonly port: number;
  /**
   * @param lingerMs for so long requests are still taken and callers on kept connections told to leave, so
   *   that none of them sends into a connection that is being closed
   */
  stop(lingerMs?: number): Promise<void>;
}

export async function startService(parts: ServiceParts): Promise<Service> {
  const { config, log, clock = systemClock } = parts;
  const { database, redis, sealer, codeKeys, replicas = [] } = parts.installation;
  await demandFit(redis, config, log);
  const metrics = createMetrics();
  database.observe((sql, _values, tookMs) =>
    metrics.statements.observe({ kind: kindOf(sql) }, tookMs / 1_000),
  );
  redis.observe(metrics.onRedis);
  const { reader, replicaState } = openReadPath(database, replicas, metrics, log);
  const admission = new AdmissionControl(clock);
  const onClaim = (outcome: string): void => {
    metrics.claims.inc({ outcome });
    if (outcome === 'OVERLOADED') metrics.shed.inc({ step: 'soft' });
  };
  const app = createApp({
    config,
    database,
    reader,
    redis,
    sealer,
    codeKeys,
    clock,
    log,
    isOverloaded: () => admission.isOverloaded(),
    onClaim,
    onBatch: metrics.onBatch,
    onNumbers: metrics.showNumbers,
    onRefusal: (step, code) => metrics.guardRefusals.inc({ step, code }),
    onSkip: (step) => metrics.guardSkips.inc({ step }),
    onDelivery: (outcome) => metrics.deliveries.inc({ outcome }),
    onStreamed: (events) => metrics.streamed.inc(events),
  });
  const { resolvers, references } = createResolvers(app);
  let isDraining = false;
  const server = await createHttpServer({
    subgraph: config.role === 'worker' ? undefined : await buildSubgraph(resolvers, references),
    codes: config.role === 'worker' ? undefined : app.codes,
    safelist:
      config.operationsManifest === undefined
        ? undefined
        : await readSafelist(config.operationsManifest),
    authenticate: new Authenticate(config, await verificationKeys(config)),
    metrics,
    log,
    isProduction: config.isProduction,
    admission,
    startGrant: app.startGrant,
    isReady: async () => !isDraining && (await answers(database)),
    isDraining: () => isDraining,
    replicaState,
  });
  const stopWatching = watchLoad(admission, app, metrics);
  await listenAt(server, config.http);
  const jobs = config.role === 'api' ? undefined : startJobs(app, metrics.jobRan);
  if (jobs !== undefined) {
    metrics.watchJobs(() => readJobs(database));
    metrics.watchRelay(() => app.relay.measure(database));
  }
  const { port } = server.server.address() as { port: number };
  return {
    app,
    port,
    stop: async (lingerMs = 0) => {
      isDraining = true;
      await sleep(lingerMs);
      await server.close();
      stopWatching();
      await jobs?.stop();
      await app.committer.drain();
      await app.refusals.drain();
    },
  };
}

/** Hands the admission what it cannot see itself. @returns how to stop */
function watchLoad(admission: AdmissionControl, app: App, metrics: Metrics): () => void {
  const { redis, database, committer } = app;
  let journalLength = 0;
  metrics.watchProcess({
    connections: () => database.load,
    commitQueue: () => committer.waiting,
    journalLength: () => journalLength,
  });
  const timer = setInterval(() => {
    void countJournalEntries(redis, database, app.clock.nowMs()).then(
      (length) => (journalLength = length ?? journalLength),
    );
  }, JOURNAL_COUNT_EVERY_MS).unref();
  admission.start(() => ({ commitQueue: committer.waiting, journalLength }));
  return () => {
    clearInterval(timer);
    admission.stop();
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

/** Statements are ours, so their first words are few. */
function kindOf(sql: string): string {
  return /^\s*([A-Z]+)/.exec(sql)?.[1] ?? 'other';
}

async function answers(database: Database): Promise<boolean> {
  try {
    await database.rows('SELECT 1');
    return true;
  } catch {
    return false;
  }
}
