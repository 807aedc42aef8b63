/**
 * How a router signs for this service:
 *
 *   x-router-proof: t=<epoch ms>,n=<nonce>,s=<HMAC-SHA-256 in base64url>
 *
 * Signed is a JSON list of the version, `POST /graphql`, t, n, the headers `authorization` and
 * `x-forwarded-for` as sent (null where absent), and the SHA-256 of the operation as canonical JSON. The
 * operation is signed, not the bytes of the body: a router's hook sees the request before it is printed.
 * Of `extensions` only `persistedQuery` is read. It is signed where it stands for the query; beside a query
 * it can only be the hash of that one. docs/adr/0009 says why it is this way.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { canonicalJson } from '../kernel/canonical-json.js';

/** What is signed of a request. */
export interface ProvenRequest {
  readonly authorization?: string | undefined;
  readonly forwardedFor?: string | undefined;
  /** The JSON body: `query` or `extensions.persistedQuery`, `variables` and `operationName` count. */
  readonly body: unknown;
}

export const ROUTER_PROOF_HEADER = 'x-router-proof';

/** The header's value; for a router, each time it sends. */
export function signForService(secret: string, request: ProvenRequest, nowMs: number): string {
  const nonce = randomBytes(12).toString('base64url');
  const signature = createHmac('sha256', secret)
    .update(signedTextOf(request, nowMs, nonce))
    .digest('base64url');
  return `t=${nowMs},n=${nonce},s=${signature}`;
}

/** @throws TooDeep */
export function signedTextOf(request: ProvenRequest, timeMs: number, nonce: string): string {
  const { authorization = null, forwardedFor = null, body } = request;
  const digest = createHash('sha256').update(operationOf(body)).digest('base64url');
  return JSON.stringify([1, 'POST /graphql', timeMs, nonce, authorization, forwardedFor, digest]);
}

/** Absent, null and empty are the same: printers differ in which of them they write. */
function operationOf(body: unknown): string {
  const { query, variables, operationName, extensions } = (body ?? {}) as Sent;
  const document =
    typeof query === 'string' ? { query } : { persistedQuery: extensions?.persistedQuery };
  const named = { variables: variables ?? {}, operationName: operationName || null };
  return canonicalJson({ ...document, ...named });
}

interface Sent extends Readonly<Record<string, unknown>> {
  readonly extensions?: { readonly persistedQuery?: unknown } | null;
}
