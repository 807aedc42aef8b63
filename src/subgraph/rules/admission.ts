/**
 * How much is too much, decided from what the process sees of itself.
 *
 * Two steps. Taking stops (soft) where the database cannot follow: who would only be refused, or asks
 * again, or reads, goes on. The limit (hard) is how many requests may be in hand at once: it shrinks by a
 * tenth while the event loop is late and grows again when it is not, as TCP finds its window. It never
 * goes under IN_FLIGHT_MIN, so something is always served, and nothing is refused for having waited.
 */
import {
  COMMIT_QUEUE_CALM,
  IN_FLIGHT_GROWTH,
  IN_FLIGHT_MAX,
  IN_FLIGHT_MIN,
  JOURNAL_LENGTH_CALM,
  LOOP_DELAY_SOFT_MS,
  LOOP_DELAY_TARGET_MS,
} from '../../config/limits.js';

export interface Load {
  /** The least that the event loop was late since the last look: what stays, not a burst. */
  readonly loopDelayMs: number;
  /** Reservations that wait for a transaction. */
  readonly commitQueue: number;
  /** Entries in the journals: reservations that nobody has committed yet. */
  readonly journalLength: number;
}

export interface Admission {
  /** Requests that may be in hand at once. */
  readonly limit: number;
  /** false: nothing that takes stock is let through. */
  readonly mayTake: boolean;
}

export const OPEN: Admission = { limit: IN_FLIGHT_MAX, mayTake: true };

export function nextAdmission(last: Admission, load: Load): Admission {
  const isLate = load.loopDelayMs > LOOP_DELAY_TARGET_MS;
  const limit = isLate
    ? Math.max(IN_FLIGHT_MIN, Math.floor(last.limit * 0.9))
    : Math.min(IN_FLIGHT_MAX, last.limit + IN_FLIGHT_GROWTH);
  // Begins at twice of what is calm and ends below calm, so that it does not flap.
  const bound = last.mayTake ? 2 : 1;
  const mayTake =
    load.commitQueue < COMMIT_QUEUE_CALM * bound &&
    load.journalLength < JOURNAL_LENGTH_CALM * bound &&
    load.loopDelayMs < LOOP_DELAY_SOFT_MS * bound;
  return { limit, mayTake };
}

/** When to come back, epoch milliseconds: spread over two seconds, so that nobody comes back together. */
export function retryMoment(nowMs: number, random: number): number {
  return Math.round(nowMs + 500 + random * 2_000);
}
