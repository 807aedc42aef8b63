/** Counts answers by what they said, and how long after they were due they came. Sent between processes. */

export const OUTCOMES = [
  'claimed',
  'soldOut',
  'shedSoft',
  'shedHard',
  'other',
  'error',
  'unsent',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Latencies in ms rounded up to 0.1; the last step holds everything longer. */
const STEP_MS = 0.1;
const STEPS = 200_000;
/** Answers are also counted by the tenth of a second in which they were due. */
const WINDOW_MS = 100;

export interface OutcomeReport {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Window {
  claimed: number;
  refused: number;
  /** The longest a claim of this window took. */
  claimMaxMs: number;
}

export interface Report {
  readonly seconds: number;
  readonly outcomes: Readonly<Record<Outcome, OutcomeReport>>;
  readonly windows: readonly Window[];
}

export class Tally {
  private readonly counts = new Map<Outcome, Uint32Array>();
  private readonly windows: Window[] = [];

  constructor(private readonly startMs: number) {}

  add(outcome: Outcome, dueMs: number, answeredMs: number): void {
    const tookMs = answeredMs - dueMs;
    let steps = this.counts.get(outcome);
    if (steps === undefined) this.counts.set(outcome, (steps = new Uint32Array(STEPS + 1)));
    const step = Math.min(STEPS, Math.ceil(tookMs / STEP_MS));
    steps[step] = steps[step]! + 1;
    const index = Math.max(0, Math.floor((dueMs - this.startMs) / WINDOW_MS));
    const window = (this.windows[index] ??= { claimed: 0, refused: 0, claimMaxMs: 0 });
    if (outcome === 'claimed') {
      window.claimed += 1;
      window.claimMaxMs = Math.max(window.claimMaxMs, tookMs);
    } else window.refused += 1;
  }

  report(seconds: number): Report {
    const of = (outcome: Outcome): OutcomeReport => {
      const steps = this.counts.get(outcome) ?? new Uint32Array();
      const count = steps.reduce((sum, n) => sum + n, 0);
      return { count, p50Ms: percentile(steps, count, 0.5), p99Ms: percentile(steps, count, 0.99) };
    };
    const outcomes = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, of(outcome)]));
    const windows = Array.from(
      this.windows,
      (window) => window ?? { claimed: 0, refused: 0, claimMaxMs: 0 },
    );
    return { seconds, outcomes: outcomes as Report['outcomes'], windows };
  }
}

function percentile(steps: Uint32Array, count: number, share: number): number {
  let seen = 0;
  for (let step = 0; step < steps.length; step += 1) {
    seen += steps[step]!;
    if (seen >= count * share && seen > 0) return Math.round(step * STEP_MS * 10) / 10;
  }
  return 0;
}
