/**
 * The HTTP face: POST /graphql, /healthz (the process lives), /readyz (it can serve), /metrics.
 *
 * Bounds stand before the body is read. Closing answers what is in flight and takes nothing new.
 */
import fastify, { type FastifyInstance } from 'fastify';
import { HTTP_BODY_BYTES_MAX } from '../config/limits.js';
import type { Subgraph } from './build-schema.js';
import { createFrontDoor, type Door } from './front-door.js';
import { serveGraphql, type GraphqlParts } from './graphql-route.js';

export interface HttpParts extends GraphqlParts {
  /** undefined: a worker, which answers no queries. */
  readonly subgraph: Subgraph | undefined;
  readonly isReady: () => Promise<boolean>;
  /** Nothing new is wanted: callers are told to leave. */
  readonly isDraining?: () => boolean;
}

export async function createHttpServer(parts: HttpParts): Promise<FastifyInstance> {
  const { admission, metrics, isDraining = () => false } = parts;
  const door: Door = {
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
  metrics.watch(admission);
  server.get('/healthz', () => ({ status: 'alive' }));
  server.get('/readyz', async (_request, reply) => {
    const isReady = await parts.isReady();
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not ready' });
  });
  server.get('/metrics', async (_request, reply) =>
    reply.type(parts.metrics.registry.contentType).send(await parts.metrics.registry.metrics()),
  );
  server.addHook('onResponse', (_request, reply, done) => {
    const status = `${Math.floor(reply.statusCode / 100)}xx`;
    parts.metrics.requests.observe({ status }, reply.elapsedTime / 1_000);
    done();
  });
  letGoWhenClosing(server);
  if (parts.subgraph !== undefined) await serveGraphql(server, parts, parts.subgraph);
  return server;
}

/**
 * A connection whose request is still running when closing begins would be kept for a next request, and
 * closing would wait for it until the drain has failed. Its client is told that it ends, and it is closed.
 */
function letGoWhenClosing(server: FastifyInstance): void {
  let isClosing = false;
  server.addHook('preClose', (done) => {
    isClosing = true;
    done();
  });
  server.addHook('onSend', async (_request, reply) => {
    if (isClosing) reply.header('connection', 'close');
  });
  server.addHook('onResponse', (_request, _reply, done) => {
    if (isClosing) setImmediate(() => server.server.closeIdleConnections());
    done();
  });
}
