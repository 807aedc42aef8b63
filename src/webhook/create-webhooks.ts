/** The parts of webhooks, put together. */
import type { ReadEvents } from '../event/read-events.js';
import { DeliverEvents, type DeliverParts } from './deliver-events.js';
import { DeliverNext } from './deliver-next.js';
import type { LineOptions } from './endpoint-line.js';
import { ManageEndpoints, type ManageParts } from './manage-endpoints.js';
import { ReplayDeadLetter } from './replay-dead-letter.js';
import { RetryWaiting } from './retry-waiting.js';
import { TidyWebhooks } from './tidy-webhooks.js';

/** What may be otherwise than in production. */
export type WebhookOptions = Partial<Pick<LineOptions, 'resolve' | 'deadlineMs' | 'pauseMs'>>;

export interface WebhookParts extends ManageParts, Pick<DeliverParts, 'onOutcome' | 'onTrouble'> {
  readonly events: ReadEvents;
}

export function createWebhooks(parts: WebhookParts, options: WebhookOptions) {
  const { database, sealer, clock, events, trustedHosts, onOutcome, onTrouble } = parts;
  const tidy = new TidyWebhooks(clock);
  return {
    tidy,
    manage: new ManageEndpoints(parts),
    replay: new ReplayDeadLetter(database, clock),
    deliver: new DeliverEvents({
      clock,
      next: new DeliverNext(events, clock),
      waiting: new RetryWaiting(clock),
      line: { sealer, trustedHosts, ...options },
      onOutcome,
      onTrouble,
      onGone: ({ id }) => tidy.disable(database, id, 'it answered 410: it is gone'),
    }),
  };
}
