/**
 * The signature of Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, one a live secret, so that a
 * receiver that knows either the new or the old one can check it.
 * Source: the Standard Webhooks specification (symmetric signatures, scheme v1, secrets `whsec_…`).
 */
import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';

export function toSecret(key: Uint8Array): string {
  return PREFIX + Buffer.from(key).toString('base64');
}

export interface SignedHeaders {
  readonly 'webhook-id': string;
  /** Seconds since 1970 of this try. */
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

export function signedHeaders(
  id: string,
  body: string,
  secrets: readonly string[],
  nowMs: number,
): SignedHeaders {
  const timestamp = String(Math.floor(nowMs / 1_000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
