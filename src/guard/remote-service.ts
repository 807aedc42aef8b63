/**
 * A service beside ours that is asked over HTTP: POST of JSON, an answer within the deadline or none.
 *
 * A service that fails again and again is left alone for a while (circuit breaker), and no more than some
 * calls wait for it at a time, so that a slow one never holds up claims.
 */
import {
  bulkhead,
  circuitBreaker,
  ConsecutiveBreaker,
  handleAll,
  timeout,
  TimeoutStrategy,
  wrap,
} from 'cockatiel';
import type { ZodType } from 'zod';
import { SERVICE_CALLS_MAX, SERVICE_FAILURES_MAX, SERVICE_PAUSE_MS } from '../config/limits.js';

export interface RemoteOptions {
  readonly url: string;
  readonly deadlineMs: number;
  /** How long it is left alone after SERVICE_FAILURES_MAX failures in a row. */
  readonly pauseMs?: number;
}

export class RemoteService {
  private readonly url: string;
  private readonly policy;

  constructor({ url, deadlineMs, pauseMs = SERVICE_PAUSE_MS }: RemoteOptions) {
    this.url = url;
    this.policy = wrap(
      bulkhead(SERVICE_CALLS_MAX),
      circuitBreaker(handleAll, {
        halfOpenAfter: pauseMs,
        breaker: new ConsecutiveBreaker(SERVICE_FAILURES_MAX),
      }),
      timeout(deadlineMs, TimeoutStrategy.Aggressive),
    );
  }

  /** @throws for every answer that is late, not a 200, or not of the shape */
  ask<T>(question: object, answer: ZodType<T>): Promise<T> {
    return this.policy.execute(async ({ signal }) => {
      const response = await fetch(this.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(question),
        redirect: 'error',
        signal,
      });
      if (response.status !== 200) {
        await response.body?.cancel();
        throw new Error(`the service answered ${response.status}`);
      }
      return answer.parse(await response.json());
    });
  }
}
