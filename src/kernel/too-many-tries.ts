/** A query that was refused because too many before it failed; a mutation says so by its Rejection. */
export class TooManyTries extends Error {
  /** @param retryAfterMs when trying again can help, epoch milliseconds */
  constructor(readonly retryAfterMs: number) {
    super('Too many requests. Please wait.');
    this.name = 'TooManyTries';
  }
}
