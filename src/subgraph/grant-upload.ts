/**
 * POST /grants?templateId=…&reason=…&idempotencyKey=…: an operator uploads the list of a grant as CSV or
 * NDJSON. It is read as it comes, a page at a time, while the sender waits (docs/GRANTS.md).
 *
 * Promises: who asks is checked before the first byte of the body is read. In production the router's proof
 * covers the query and the header content-digest; the list is compared with that digest before it becomes a
 * grant, so what was not signed has no effect. Whatever is refused leaves nothing behind.
 */
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import { z } from 'zod';
import {
  GRANT_UPLOAD_BYTES_MAX,
  GRANT_UPLOAD_DEADLINE_MS,
  GRANT_UPLOADS_MAX,
} from '../config/limits.js';
import { readUserList, USER_LIST_TYPES, type UserListType } from '../grant/read-user-list.js';
import type { StartGrant } from '../grant/start-grant.js';
import { toRejection } from '../graph/rejection.graphql.js';
import { NotAllowed, NotAuthenticated, requireScope, type Caller } from '../kernel/caller.js';
import { InputError, requireInput } from '../kernel/input-error.js';
import { rejection, type FailureCode, type Rejection } from '../kernel/rejection.js';
import { DatabaseUnavailable } from '../storage/database-errors.js';
import type { Authenticate } from './authenticate.js';
import { makeFormatError } from './format-error.js';

export interface GrantUploadParts {
  readonly startGrant: StartGrant;
  readonly authenticate: Authenticate;
  readonly log: Logger;
}

const Query = z.strictObject({
  templateId: z.string(),
  reason: z.string(),
  idempotencyKey: z.string(),
});
type Query = z.infer<typeof Query>;

const STATUS: Partial<Record<FailureCode, number>> = {
  TEMPLATE_NOT_FOUND: 404,
  IDEMPOTENCY_CONFLICT: 409,
};
const DIGEST = /^sha-256=:([A-Za-z0-9+/]{43}=):$/;

/** What the router signs of an upload, in the place of an operation: see sign-for-service.ts. */
export function operationOfUpload(query: unknown, type = '', contentDigest = ''): object {
  return { query: 'POST /grants', variables: { query, type, contentDigest } };
}

export function serveGrantUploads(server: FastifyInstance, parts: GrantUploadParts): void {
  let inHand = 0;
  void server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // The body is taken as the stream it is.
    scope.addContentTypeParser([...USER_LIST_TYPES], (_request, body, done) => done(null, body));
    const formatError = makeFormatError(parts.log);
    scope.setErrorHandler((error, _request, reply) => sendError(reply, error, formatError));
    scope.post('/grants', async (request, reply) => {
      const caller = await callerOf(parts.authenticate, request);
      requireScope(caller, 'coupons:admin');
      if (inHand >= GRANT_UPLOADS_MAX) return refuse(reply, caller, rejection('OVERLOADED'));
      inHand += 1;
      try {
        return await receive(parts.startGrant, caller, request, reply);
      } finally {
        inHand -= 1;
      }
    });
  });
}

async function callerOf(authenticate: Authenticate, request: FastifyRequest): Promise<Caller> {
  const { headers, ip, query } = request;
  const digest = headers['content-digest']?.toString();
  const body = operationOfUpload(query, headers['content-type'], digest);
  const { caller, isRouter } = await authenticate.context({ headers, ip, body }, request.id);
  requireInput(!isRouter || digest !== undefined, 'content-digest', 'must be signed by the router');
  return caller;
}

async function receive(
  startGrant: StartGrant,
  caller: Caller,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const query = Query.safeParse(request.query);
  if (!query.success)
    throw new InputError('query', 'must have templateId, reason and idempotencyKey, each once');
  const users = readUserList(typeOf(request), checkedBody(request));
  const started = await startGrant.run(caller, query.data, users);
  if (!started.ok) return refuse(reply, caller, started.rejection);
  const { grant, replayed } = started.value;
  const { id, status, requested, duplicates } = grant;
  return reply
    .code(replayed ? 200 : 201)
    .send({ grant: { id, status, requested, duplicates }, replayed });
}

/** Fastify refuses other types, but lets a request without a body come without a type. */
function typeOf({ headers }: FastifyRequest): UserListType {
  const sent = headers['content-type']?.split(';')[0]!.trim().toLowerCase();
  const type = USER_LIST_TYPES.find((one) => one === sent);
  requireInput(type !== undefined, 'content-type', `must be ${USER_LIST_TYPES.join(' or ')}`);
  return type;
}

/** The body with its bounds: so many bytes, so long, and the digest that its header says. */
async function* checkedBody(request: FastifyRequest): AsyncGenerator<Uint8Array> {
  const header = request.headers['content-digest']?.toString();
  const digest = header === undefined ? undefined : DIGEST.exec(header)?.[1];
  requireInput(
    (header === undefined) === (digest === undefined),
    'content-digest',
    'is not sha-256',
  );
  const untilMs = performance.now() + GRANT_UPLOAD_DEADLINE_MS;
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of request.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    requireInput(
      bytes <= GRANT_UPLOAD_BYTES_MAX,
      'body',
      `is over ${GRANT_UPLOAD_BYTES_MAX} bytes`,
    );
    if (performance.now() > untilMs) throw new DatabaseUnavailable('the list did not come in time');
    hash.update(chunk);
    yield chunk;
  }
  const isWhole = digest === undefined || digest === hash.digest('base64');
  requireInput(isWhole, 'content-digest', 'is not that of the body');
}

function refuse(reply: FastifyReply, caller: Caller, refusal: Rejection): FastifyReply {
  const status = STATUS[refusal.code] ?? (refusal.retryable ? 503 : 422);
  const { __typename: _, ...shown } = toRejection(refusal, caller);
  const retryAfter = shown.retryAfter === null ? null : new Date(shown.retryAfter).toISOString();
  return closing(reply)
    .code(status)
    .send({ rejection: { ...shown, retryAfter } });
}

function sendError(
  reply: FastifyReply,
  error: unknown,
  formatError: ReturnType<typeof makeFormatError>,
): FastifyReply {
  const known = error instanceof GraphQLError ? error.toJSON() : { message: 'x', extensions: {} };
  const body = { errors: [formatError(known, error)] };
  return closing(reply).code(statusOf(error)).send(body);
}

function statusOf(error: unknown): number {
  if (error instanceof InputError) return 400;
  if (error instanceof NotAuthenticated) return 401;
  if (error instanceof NotAllowed) return 403;
  if (error instanceof DatabaseUnavailable) return 503;
  const { http } = (error as { extensions?: { http?: { status?: number } } }).extensions ?? {};
  return http?.status ?? (error as { statusCode?: number }).statusCode ?? 500;
}

/** The rest of a list that is not wanted is not read off: its connection ends. */
function closing(reply: FastifyReply): FastifyReply {
  return reply.header('connection', 'close');
}
