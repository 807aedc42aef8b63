/**
 * Rests between the pages of work that nobody waits for. Promise: while its pages take no longer than
 * REST_MAX_MS, such work has half of the time of a connection and of its locks at most; where it should end, it
 * stops resting at once.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { REST_MAX_MS } from '../config/limits.js';

/** How time passes for it; handed in, so that a test need not wait. */
export interface Pace {
  /** Milliseconds by a clock that nobody sets. */
  nowMs(): number;
  /** Ends early, and without an error, once the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemPace: Pace = {
  nowMs: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
};

/**
 * Rests as long as it is since the page began, REST_MAX_MS at most.
 * @param beganMs by the clock of `pace`
 */
export async function restSince(
  beganMs: number,
  signal: AbortSignal,
  pace: Pace = systemPace,
): Promise<void> {
  await pace.sleep(Math.min(pace.nowMs() - beganMs, REST_MAX_MS), signal);
}
