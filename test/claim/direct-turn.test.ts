/** When a process without Redis may close a gate that others keep open. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DIRECT_CALM_MS,
  DIRECT_PAUSE_MAX_MS,
  DIRECT_PAUSE_MIN_MS,
} from '../../src/config/limits.js';
import {
  afterClosing,
  AT_ONCE,
  waitOf,
  type DirectTurn,
} from '../../src/claim/rules/direct-turn.js';

describe('a direct claim', () => {
  it('goes at once where nobody opens the gate again', () => {
    expect(waitOf(AT_ONCE, 0)).toBe(0);
  });

  it('waits after one that closed a gate, and those that gather go together', () => {
    const turn = afterClosing(AT_ONCE, 1_000);
    expect(waitOf(turn, 1_000)).toBe(DIRECT_PAUSE_MIN_MS);
    const [first, second] = [10, 60].map((later) => 1_000 + later + waitOf(turn, 1_000 + later));
    expect(first).toBe(second);
  });

  it('counts what goes together as one closing', () => {
    const turn = afterClosing(AT_ONCE, 1_000);
    expect(afterClosing(turn, 1_000 + DIRECT_PAUSE_MIN_MS - 1)).toEqual(turn);
  });

  it('closes a gate that is always open again ever more seldom, but never waits longer than the most', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 50 }), (thinking) => {
        let turn: DirectTurn = AT_ONCE;
        let nowMs = 0;
        for (const ms of thinking) {
          nowMs += waitOf(turn, nowMs) + ms;
          const next = afterClosing(turn, nowMs);
          expect(waitOf(next, nowMs)).toBeGreaterThanOrEqual(Math.min(turn.pauseMs, 1));
          expect(next.pauseMs).toBeGreaterThanOrEqual(turn.pauseMs);
          expect(waitOf(next, nowMs)).toBeLessThanOrEqual(DIRECT_PAUSE_MAX_MS);
          turn = next;
        }
      }),
    );
  });

  it('begins again with the shortest wait after a calm', () => {
    let turn: DirectTurn = AT_ONCE;
    for (let i = 0; i < 9; i += 1)
      turn = afterClosing(turn, turn.nextMs === -Infinity ? 0 : turn.nextMs);
    expect(turn.pauseMs).toBe(DIRECT_PAUSE_MAX_MS);
    const later = turn.nextMs + DIRECT_CALM_MS + 1;
    expect(afterClosing(turn, later).pauseMs).toBe(DIRECT_PAUSE_MIN_MS);
  });
});
