/** When a delivery that failed is tried again, and when it is not any more. */
import {
  WEBHOOK_BACKOFF_MAX_MS,
  WEBHOOK_BACKOFF_MS,
  WEBHOOK_RETRY_AFTER_MAX_MS,
  WEBHOOK_TRIES_MAX,
} from '../../config/limits.js';

const FACTOR = 3;

/**
 * @param tries made so far, the failed one included
 * @param retryAfterMs what the receiver asked for; honoured where it is longer
 * @param random 0 to 1: of two events that failed together, each comes back at its own time
 * @returns epoch milliseconds; null: it is dead
 */
export function nextTry(
  tries: number,
  retryAfterMs: number | null,
  nowMs: number,
  random: number,
): number | null {
  if (tries >= WEBHOOK_TRIES_MAX) return null;
  const fullMs = Math.min(WEBHOOK_BACKOFF_MS * FACTOR ** (tries - 1), WEBHOOK_BACKOFF_MAX_MS);
  const waitMs = Math.max(fullMs * (0.5 + random / 2), retryAfterMs ?? 0);
  return Math.round(nowMs + waitMs);
}

/** The header Retry-After as a wait: seconds, or a date. null: there is none that can be read. */
export function readRetryAfter(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  const waitMs = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  if (Number.isNaN(waitMs)) return null;
  return Math.min(Math.max(waitMs, 0), WEBHOOK_RETRY_AFTER_MAX_MS);
}
