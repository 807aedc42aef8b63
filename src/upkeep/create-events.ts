/** Puts together what becomes of events: their reading, the webhooks and the relay. */
import type { Logger } from 'pino';
import { readCoupons } from '../coupon/coupon.store.js';
import { AppendToStream } from '../event/append-to-stream.js';
import { LogOutbox } from '../event/log-outbox.js';
import { ReadEvents } from '../event/read-events.js';
import type { Clock } from '../kernel/clock.js';
import type { Database } from '../storage/database.js';
import type { RedisStore } from '../storage/redis.js';
import type { Sealer } from '../storage/seal.js';
import { createWebhooks, type WebhookOptions } from '../webhook/create-webhooks.js';
import type { DeliveryOutcome } from '../webhook/webhook.types.js';
import { RelayEvents } from './relay-events.js';

export interface EventParts {
  readonly database: Database;
  readonly redis: RedisStore;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly log: Logger;
  readonly trustedHosts: readonly string[];
  readonly onDelivery: (outcome: DeliveryOutcome) => void;
  readonly onStreamed: (events: number) => void;
}

export function createEvents(parts: EventParts, options: WebhookOptions) {
  const { database, redis, sealer, clock, log, trustedHosts, onStreamed } = parts;
  const events = new ReadEvents(database, (ids) => readCoupons(database, ids));
  const webhooks = createWebhooks(
    {
      database,
      sealer,
      clock,
      events,
      trustedHosts,
      onOutcome: parts.onDelivery,
      onTrouble: (endpointId, err) =>
        log.warn({ err, endpointId }, 'an endpoint is served again in the next round'),
    },
    options,
  );
  const relay = new RelayEvents({
    clock,
    log: new LogOutbox(clock),
    stream: new AppendToStream(redis, events),
    webhooks: webhooks.deliver,
    onStreamed,
  });
  return {
    webhooks,
    manageEndpoints: webhooks.manage,
    replayDeadLetter: webhooks.replay,
    relay,
  };
}
