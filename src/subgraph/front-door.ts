/**
 * What every request passes first: too many are sent away for as little as possible, and a process that is
 * draining tells its callers to go elsewhere. Then GraphQL goes its own way, and the rest to Fastify.
 *
 * Promise: whoever is sent away has had nothing done, and learns when to come back. The body is not
 * parsed; Node reads a small one off the connection, which stays usable, and a connection with a large or
 * endless one is closed. Health and metrics always pass.
 */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import {
  HTTP_CONNECTIONS_MAX,
  HTTP_HEADER_BYTES_MAX,
  HTTP_HEADERS_TIMEOUT_MS,
  HTTP_KEEP_ALIVE_MS,
  HTTP_REQUEST_TIMEOUT_MS,
  HTTP_REQUESTS_PER_SOCKET_MAX,
  UNREAD_BODY_BYTES_MAX,
} from '../config/limits.js';

export interface Door {
  /** Whether one more request may come in. */
  hasRoom(): boolean;
  isDraining(): boolean;
  /** When to come back, epoch milliseconds. */
  retryAfterMs(): number;
  onShed(): void;
  /** POST /graphql; undefined: a worker, which answers no queries. */
  readonly graphql: RequestListener | undefined;
}

/** Whole seconds for who reads headers only; the moment in the body is spread. */
const RETRY_AFTER_S = '2';

const GRAPHQL = '/graphql';
const OURS = /^\/(healthz|readyz|metrics)(\?|$)/;

/** The HTTP server with all its bounds; `handler` is Fastify's. */
export function createFrontDoor(handler: RequestListener, door: Door): Server {
  const server = createServer(
    {
      maxHeaderSize: HTTP_HEADER_BYTES_MAX,
      headersTimeout: HTTP_HEADERS_TIMEOUT_MS,
      requestTimeout: HTTP_REQUEST_TIMEOUT_MS,
      keepAliveTimeout: HTTP_KEEP_ALIVE_MS,
      requireHostHeader: true,
    },
    (request, response) => {
      if (door.isDraining()) response.setHeader('connection', 'close');
      const { method, url = '' } = request;
      if (!door.hasRoom() && !OURS.test(url)) return sendAway(request, response, door);
      const isGraphql = method === 'POST' && isPath(url, GRAPHQL);
      return isGraphql && door.graphql !== undefined
        ? door.graphql(request, response)
        : handler(request, response);
    },
  );
  server.maxConnections = HTTP_CONNECTIONS_MAX;
  server.maxRequestsPerSocket = HTTP_REQUESTS_PER_SOCKET_MAX;
  return server;
}

const isPath = (url: string, path: string): boolean =>
  url === path || (url.startsWith(path) && url[path.length] === '?');

function sendAway(request: IncomingMessage, response: ServerResponse, door: Door): void {
  door.onShed();
  const retryAfterMs = door.retryAfterMs();
  const body =
    '{"errors":[{"message":"Too busy right now. Nothing was done.","extensions":{"code":"OVERLOADED",' +
    `"retryable":true,"retryAfter":"${new Date(retryAfterMs).toISOString()}"}}]}`;
  // An absent length is a body without end.
  const unreadBytes = Number(request.headers['content-length'] ?? Infinity);
  if (!(unreadBytes <= UNREAD_BODY_BYTES_MAX)) response.setHeader('connection', 'close');
  response.writeHead(503, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    'retry-after': RETRY_AFTER_S,
  });
  response.end(body);
}
