/**
 * Natural batching: only so many works of a kind are on their way at once, and what comes meanwhile gathers
 * for the next. There is no timer, so an idle process starts at once and a busy one in large steps.
 */
export class Turns {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly max: number) {}

  /** Calls `start` once all that arrived with it was heard, in its turn. What it starts must go by `during`. */
  next(start: () => void): void {
    setImmediate(() => {
      if (this.running < this.max) this.begin(start);
      else this.waiting.push(start);
    });
  }

  /** A work that was started: when it has ended, the next begins. */
  async during<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } finally {
      this.running -= 1;
      const start = this.waiting.shift();
      if (start !== undefined) this.begin(start);
    }
  }

  private begin(start: () => void): void {
    this.running += 1;
    start();
  }
}
