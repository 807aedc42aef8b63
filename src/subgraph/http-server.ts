/**
 * The HTTP face: POST /graphql, POST /grants, GET /batches/ID/codes.csv, /healthz (the process lives), /readyz (it can
 * serve), /metrics.
 *
 * Bounds stand before the body is read. Closing answers what is in flight and takes nothing new.
 */
import type { Server } from 'node:http';
import fastify, { type FastifyInstance } from 'fastify';
import { HTTP_BODY_BYTES_MAX } from '../config/limits.js';
import type { Codes } from '../issue/create-codes.js';
import type { StartGrant } from '../grant/start-grant.js';
import type { Replicas } from '../storage/replicas.js';
import type { Subgraph } from './build-schema.js';
import { serveCodes } from './codes-route.js';
import { createFrontDoor, type Door } from './front-door.js';
import { serveGrantUploads } from './grant-upload.js';
import { openGraphqlRoute, type GraphqlParts } from './graphql-route.js';
import { exchangeJson } from './json-exchange.js';
import { Listeners } from './listeners.js';

const LET_GO_EVERY_MS = 50;

export interface HttpParts extends GraphqlParts {
  /** undefined: a worker, which answers no queries. */
  readonly subgraph: Subgraph | undefined;
  /** undefined: no codes are to be downloaded here. */
  readonly codes?: Codes | undefined;
  /** What POST /grants starts. */
  readonly startGrant: StartGrant;
  readonly isReady: () => Promise<boolean>;
  /** Nothing new is wanted: callers are told to leave. */
  readonly isDraining?: () => boolean;
  /** undefined: there are no replicas. Their failure makes nobody unready: the primary answers. */
  readonly replicaState?: (() => Replicas['state']) | undefined;
}

export async function createHttpServer(parts: HttpParts): Promise<FastifyInstance> {
  const { subgraph, admission, metrics, isDraining = () => false } = parts;
  const graphql = subgraph && (await openGraphqlRoute(parts, subgraph));
  let isClosing = false;
  const timers = [1, 2, 3, 4, 5].map((hundreds) => metrics.requests.labels(`${hundreds}xx`));
  const onAnswered = (status: number, tookMs: number): void =>
    timers[Math.floor(status / 100) - 1]?.observe(tookMs / 1_000);
  const exchange = graphql && { answer: graphql.answer, isLeaving: () => isClosing, onAnswered };
  const door: Door = {
    graphql: exchange && ((request, response) => exchangeJson(exchange, request, response)),
    hasRoom: () => admission.hasRoom(),
    isDraining,
    retryAfterMs: () => admission.retryAfterMs(),
    onShed: () => metrics.shed.inc({ step: 'hard' }),
  };
  const server = fastify({
    bodyLimit: HTTP_BODY_BYTES_MAX,
    return503OnClosing: false,
    serverFactory: (handler) => createFrontDoor(handler, door),
  });
  const listeners = new Listeners(server.server);
  metrics.watch(admission);
  server.get('/healthz', () => ({ status: 'alive' }));
  server.get('/readyz', async (_request, reply) => {
    const isReady = await parts.isReady();
    const status = isReady ? 'ready' : 'not ready';
    const replicas = parts.replicaState?.();
    return reply.code(isReady ? 200 : 503).send({ status, ...(replicas && { replicas }) });
  });
  server.get('/metrics', async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  if (parts.codes !== undefined) {
    const { authenticate, codes, log } = parts;
    serveCodes(server, { authenticate, codes, log, isDraining });
  }
  if (subgraph !== undefined) serveGrantUploads(server, parts);
  server.addHook('onSend', async (_request, reply) => {
    if (isClosing) reply.header('connection', 'close');
  });
  server.addHook('onResponse', (_request, reply, done) => {
    onAnswered(reply.statusCode, reply.elapsedTime);
    done();
  });
  server.addHook('onListen', () => listeners.open());
  server.addHook('preClose', (done) => {
    isClosing = true;
    listeners.close();
    letGo(server.server);
    done();
  });
  server.addHook('onClose', async () => {
    await listeners.ended();
    await graphql?.stop();
  });
  return server;
}

/**
 * A connection whose request is still running when closing begins would be kept for a next request, and
 * closing would wait for it until the drain has failed. Its client is told that it ends; and one whose
 * answer was on its way already is closed as soon as it is idle.
 */
function letGo(server: Server): void {
  const timer = setInterval(() => server.closeIdleConnections(), LET_GO_EVERY_MS);
  server.once('close', () => clearInterval(timer));
}
