/** The clock is handed in, so that a decision can be repeated and time can be moved in a test. */
export interface Clock {
  /** Wall clock, epoch milliseconds, UTC. */
  nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };
