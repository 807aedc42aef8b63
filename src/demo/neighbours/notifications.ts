/**
 * The sample notification service: it would send a message to whoever got a coupon, or is about to lose one.
 * It believes only what is signed with its secret, as https://www.standardwebhooks.com says.
 */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { CouponEvent, NotificationInbox } from './notification-inbox.js';

/** Behind it there is nothing else, so that the demo knows its endpoints of earlier runs again. */
export const NOTIFICATIONS_PATH = '/notifications';

export interface Notifications {
  readonly url: string;
  readonly inbox: NotificationInbox;
  /** What came with no good signature, or before the secret was told. */
  readonly refused: () => number;
  /** The secret of the endpoint, which is told once. */
  trust(secret: string): void;
  stop(): Promise<void>;
}

export async function startNotifications(port = 0): Promise<Notifications> {
  const inbox = new NotificationInbox();
  let webhook: Webhook | undefined;
  let refused = 0;
  const server = createServer((request, response) => {
    void text(request)
      .then((body) => response.writeHead(isTaken(body, request.headers) ? 204 : 401).end())
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: taken } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${taken}${NOTIFICATIONS_PATH}`,
    inbox,
    refused: () => refused,
    trust: (secret) => {
      webhook = new Webhook(secret);
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };

  /** Of the bytes as they came: verified first, read then. */
  function isTaken(body: string, headers: NodeJS.Dict<string | string[]>): boolean {
    try {
      if (webhook === undefined) throw new Error('nobody told the secret');
      inbox.take(CouponEvent.parse(webhook.verify(body, headers as Record<string, string>)));
      return true;
    } catch {
      refused += 1;
      return false;
    }
  }
}
