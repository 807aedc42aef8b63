import type { Clock } from '../../src/kernel/clock.js';

/** A clock that runs with the real one, so that keys with a TTL agree, and can be moved forward. */
export class TestClock implements Clock {
  private shiftMs = 0;

  nowMs(): number {
    return Date.now() + this.shiftMs;
  }

  forward(ms: number): void {
    this.shiftMs += ms;
  }
}
