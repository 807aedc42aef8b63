/**
 * Lets requests in, or not: counts what is in hand, looks at the process ten times a second, and applies
 * rules/admission.ts. One for each process.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { ADMISSION_EVERY_MS } from '../config/limits.js';
import type { Clock } from '../kernel/clock.js';
import { nextAdmission, OPEN, retryMoment, type Admission, type Load } from './rules/admission.js';

/** How fine the event loop is watched; a timer of that period, so it bounds what can be seen. */
const RESOLUTION_MS = 10;

/** What only others know of the load. */
export type LoadSources = () => Omit<Load, 'loopDelayMs'>;

export class AdmissionControl {
  private state: Admission = OPEN;
  private inHand = 0;
  private loopDelay = 0;
  private readonly delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly clock: Clock) {}

  /** Looks at the process from now on. */
  start(sources: LoadSources): void {
    this.delays.enable();
    this.timer = setInterval(() => {
      // The histogram counts the time between two ticks; without a tick the loop stood all the while.
      const least = this.delays.count === 0 ? ADMISSION_EVERY_MS : this.delays.min / 1e6;
      this.delays.reset();
      this.look({ ...sources(), loopDelayMs: Math.max(0, least - RESOLUTION_MS) });
    }, ADMISSION_EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
    this.delays.disable();
  }

  /** One look; a test hands in what it wants to be seen. */
  look(load: Load): void {
    this.loopDelay = load.loopDelayMs;
    this.state = nextAdmission(this.state, load);
  }

  /** Whether one more request may come in. */
  hasRoom(): boolean {
    return this.inHand < this.state.limit;
  }

  /** Runs `work` as a request in hand, until it is really done, also if its caller has gone. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.inHand += 1;
    try {
      return await work();
    } finally {
      this.inHand -= 1;
    }
  }

  /** Nothing that takes stock may begin. */
  isOverloaded(): boolean {
    return !this.state.mayTake;
  }

  /** When a caller that was sent away may come back, epoch milliseconds. */
  retryAfterMs(): number {
    return retryMoment(this.clock.nowMs(), Math.random());
  }

  get inFlight(): number {
    return this.inHand;
  }

  get limit(): number {
    return this.state.limit;
  }

  get loopDelayMs(): number {
    return this.loopDelay;
  }
}
