/**
 * The line to one endpoint: signs, tries, and leaves it alone for a while after failures in a row
 * (circuit breaker). A try that the breaker does not let through counts as none.
 */
import {
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleAll,
  isBrokenCircuitError,
} from 'cockatiel';
import { WEBHOOK_FAILURES_MAX, WEBHOOK_PAUSE_MS } from '../config/limits.js';
import type { Clock } from '../kernel/clock.js';
import { PostEvent, type PostOptions } from './post-event.js';
import { liveSecrets } from './rules/live-secrets.js';
import { signedHeaders } from './rules/sign.js';
import type { Sealer } from '../storage/seal.js';
import { openSecrets } from './sealed-secrets.js';
import type { FailedTry, TryOutcome, WebhookEndpoint } from './webhook.types.js';

export interface LineOptions extends PostOptions {
  readonly clock: Clock;
  readonly sealer: Sealer;
  readonly pauseMs?: number;
}

class Failed extends Error {
  constructor(readonly outcome: FailedTry) {
    super(outcome.error);
  }
}

export class EndpointLine {
  private readonly post: PostEvent;
  private readonly breaker;
  /** Nothing goes over it any more. */
  isClosed = false;

  constructor(private readonly options: LineOptions) {
    this.post = new PostEvent(options);
    this.breaker = circuitBreaker(handleAll, {
      halfOpenAfter: options.pauseMs ?? WEBHOOK_PAUSE_MS,
      breaker: new ConsecutiveBreaker(WEBHOOK_FAILURES_MAX),
    });
  }

  /** false: it is being left alone, or tried with one event. */
  get isOpenToAll(): boolean {
    return this.breaker.state === CircuitState.Closed;
  }

  /** Never throws. */
  async attempt(endpoint: WebhookEndpoint, eventId: string, body: string): Promise<TryOutcome> {
    const { clock, sealer } = this.options;
    const nowMs = clock.nowMs();
    const secrets = liveSecrets(openSecrets(sealer, endpoint), nowMs);
    const headers = {
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'user-agent': 'coupons-webhooks/1',
      ...signedHeaders(eventId, body, secrets, nowMs),
    };
    try {
      return await this.breaker.execute(async () => {
        const outcome = await this.post.run({ url: endpoint.url, headers, body }, nowMs);
        if (outcome.kind === 'FAILED') throw new Failed(outcome);
        return outcome;
      });
    } catch (error) {
      if (error instanceof Failed) return error.outcome;
      if (isBrokenCircuitError(error)) return { kind: 'NOT_TRIED' };
      throw error;
    }
  }

  close(): void {
    this.isClosed = true;
    this.post.close();
  }
}
