/** Which secrets of an endpoint sign, and what a rotation makes of them. */
import { WEBHOOK_SECRET_OVERLAP_MS } from '../../config/limits.js';
import type { WebhookSecret } from '../webhook.types.js';

/** The newest first. */
export function liveSecrets(secrets: readonly WebhookSecret[], nowMs: number): string[] {
  return secrets
    .filter(({ expiresAtMs }) => expiresAtMs === null || expiresAtMs > nowMs)
    .map(({ secret }) => secret);
}

/** The new secret and the one before it, which goes on for a while; never more than two. */
export function rotated(
  secrets: readonly WebhookSecret[],
  secret: string,
  nowMs: number,
): WebhookSecret[] {
  const [before] = secrets;
  const kept = before && { ...before, expiresAtMs: nowMs + WEBHOOK_SECRET_OVERLAP_MS };
  return [{ secret, expiresAtMs: null }, ...(kept ? [kept] : [])];
}
