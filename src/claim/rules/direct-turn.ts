/**
 * How long a process that cannot reach Redis waits before it closes a gate that others have opened.
 *
 * Every direct claim closes the gate of its template. Where all processes are without Redis nobody opens it
 * again, and nobody waits. Where only one is, its claims would close the gate under the others again and
 * again: so they gather, and go together, ever more seldom while somebody keeps opening it.
 */
import { DIRECT_CALM_MS, DIRECT_PAUSE_MAX_MS, DIRECT_PAUSE_MIN_MS } from '../../config/limits.js';

export interface DirectTurn {
  readonly pauseMs: number;
  /** Direct claims that come before this moment wait for it. */
  readonly nextMs: number;
}

export const AT_ONCE: DirectTurn = { pauseMs: 0, nextMs: -Infinity };

/** A direct claim has closed a gate that was open. What goes together closes it once. */
export function afterClosing(turn: DirectTurn, nowMs: number): DirectTurn {
  if (nowMs < turn.nextMs) return turn;
  const isCalm = nowMs > turn.nextMs + DIRECT_CALM_MS;
  const pauseMs = isCalm ? DIRECT_PAUSE_MIN_MS : Math.min(turn.pauseMs * 2, DIRECT_PAUSE_MAX_MS);
  return { pauseMs, nextMs: nowMs + pauseMs };
}

export function waitOf(turn: DirectTurn, nowMs: number): number {
  return Math.max(0, turn.nextMs - nowMs);
}
