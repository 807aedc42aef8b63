/**
 * The HTTP face: POST /graphql, /healthz (the process lives), /readyz (it can serve), /metrics.
 *
 * Bounds stand before the body is read. Closing answers what is in flight and takes nothing new.
 */
import fastify, { type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import {
  HTTP_BODY_BYTES_MAX,
  HTTP_CONNECTIONS_MAX,
  HTTP_KEEP_ALIVE_MS,
  HTTP_REQUEST_TIMEOUT_MS,
} from '../config/limits.js';
import type { Authenticate } from './authenticate.js';
import type { Subgraph } from './build-schema.js';
import { serveGraphql } from './graphql-route.js';
import type { Metrics } from './metrics.js';
import type { Safelist } from './safelist.js';

export interface HttpParts {
  /** undefined: a worker, which answers no queries. */
  readonly subgraph: Subgraph | undefined;
  readonly authenticate: Authenticate;
  /** undefined: any document within the limits. */
  readonly safelist?: Safelist | undefined;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly isProduction: boolean;
  readonly isReady: () => Promise<boolean>;
}

export async function createHttpServer(parts: HttpParts): Promise<FastifyInstance> {
  const server = fastify({
    bodyLimit: HTTP_BODY_BYTES_MAX,
    requestTimeout: HTTP_REQUEST_TIMEOUT_MS,
    keepAliveTimeout: HTTP_KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
  });
  server.server.maxConnections = HTTP_CONNECTIONS_MAX;
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
  if (parts.subgraph !== undefined) await serveGraphql(server, parts, parts.subgraph);
  return server;
}
