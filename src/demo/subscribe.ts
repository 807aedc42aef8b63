/** Makes the notification service an endpoint of the coupons service, by the mutations that operators have. */
import {
  CreateEndpointDocument,
  DeleteEndpointDocument,
  EndpointsDocument,
  type EndpointFragment,
} from './generated/operations.js';
import { ask, type Target } from './graphql-client.js';
import { NOTIFICATIONS_PATH, type Notifications } from './neighbours/notifications.js';

const REASON = 'The demo that it was made for is over.';

export interface Subscription {
  /** Takes the endpoint away, so that nothing waits for a service that is gone. */
  stop(): Promise<void>;
}

/** @param operator a token with coupons:admin */
export async function subscribe(
  service: Target,
  operator: string,
  notifications: Notifications,
): Promise<Subscription> {
  const caller = { token: operator };
  await forgetEarlier();
  const input = { url: notifications.url, types: ['coupon.*'] };
  const made = saved(
    (await ask(service, CreateEndpointDocument, { input }, caller)).createWebhookEndpoint,
  );
  notifications.trust(made.secret!);
  return { stop: () => remove(made.endpoint.id) };

  /** A demo that was killed left its endpoint behind. */
  async function forgetEarlier(): Promise<void> {
    const { webhookEndpoints } = await ask(service, EndpointsDocument, {}, caller);
    for (const { id, url, status } of webhookEndpoints) {
      const isOurs = new URL(url).pathname === NOTIFICATIONS_PATH;
      if (isOurs && status !== 'DELETED') await remove(id);
    }
  }

  async function remove(id: string): Promise<void> {
    const action = { id, reason: REASON };
    saved(
      (await ask(service, DeleteEndpointDocument, { input: action }, caller)).deleteWebhookEndpoint,
    );
  }
}

function saved(result: EndpointFragment) {
  if (result.__typename === 'WebhookEndpointSaved') return result;
  throw new Error(`The endpoint was refused: ${result.code} ${result.message}`);
}
