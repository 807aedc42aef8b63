/**
 * One answer for many who ask for the same at once: who asks while nothing runs starts a round, who asks
 * while one runs gets the answer of the next. So an answer is never older than the question.
 */
export class Rounds<T> {
  private readonly running = new Map<string, Promise<T>>();
  private readonly next = new Map<string, Promise<T>>();

  /** @param work what a round does; of those who share one, the first one's is done */
  join(key: string, work: () => Promise<T>): Promise<T> {
    const coming = this.next.get(key);
    if (coming !== undefined) return coming;
    const running = this.running.get(key);
    if (running === undefined) return this.start(key, work);
    const next = running
      .catch(() => undefined)
      .then(() => {
        this.next.delete(key);
        return this.start(key, work);
      });
    this.next.set(key, next);
    return next;
  }

  private start(key: string, work: () => Promise<T>): Promise<T> {
    const round = work().finally(() => this.running.delete(key));
    this.running.set(key, round);
    return round;
  }
}
