/** Whether the notification service was told all it should be, verified and in order: waits for it, for so long. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Shopping } from './checkout.js';
import type { Buyer } from './flash-sale.js';
import type { Expected } from './neighbours/notification-inbox.js';
import type { Notifications } from './neighbours/notifications.js';
import type { People } from './people.js';
import { count, table } from './print.js';
import type { Templates } from './templates.js';

/** Reminders are written once a minute, and a machine may be busy. */
const WAIT_MAX_MS = 120_000;
const POLL_MS = 100;

/** Every coupon that somebody got in the demo is told of, and the one that is about to expire once more. */
export function expectedNotifications(
  { regular }: Pick<People, 'regular'>,
  { lastDays, sale }: Templates,
  winners: readonly Buyer[],
  trips: readonly Shopping[],
): Expected[] {
  return [
    claimed(lastDays.id, regular.id),
    { type: 'coupon.expiring', templateId: lastDays.id, userId: regular.id },
    ...winners.map(({ id }) => claimed(sale.id, id)),
    ...trips.flatMap(({ buyer, alsoClaims }) => alsoClaims.map((id) => claimed(id, buyer.id))),
  ];
}

function claimed(templateId: string, userId: string): Expected {
  return { type: 'coupon.claimed', templateId, userId };
}

export interface NotificationReport {
  readonly isOk: boolean;
  readonly text: string;
}

/** @param expected events that must come, whatever else does */
export async function awaitNotifications(
  { inbox, refused }: Notifications,
  expected: readonly Expected[],
): Promise<NotificationReport> {
  const untilMs = performance.now() + WAIT_MAX_MS;
  let missing = expected;
  for (;;) {
    missing = missing.filter((one) => !inbox.hasHeard(one));
    if (missing.length === 0 || performance.now() >= untilMs) break;
    await sleep(POLL_MS);
  }
  const { received, repeated, outOfOrder, counts } = inbox;
  return {
    isOk: missing.length === 0 && refused() === 0 && outOfOrder.length === 0,
    text: table([
      ['received, signature verified', count(received)],
      ...counts.map(([type, events]) => [`  ${type}`, count(events)] as const),
      ['refused', count(refused())],
      ['repeated', count(repeated)],
      ['out of order within a coupon', outOfOrder.join(', ') || '0'],
      ['missing', missing.map(wordOf).slice(0, 10).join(', ') || '0'],
    ]),
  };
}

function wordOf({ type, userId }: Expected): string {
  return `${type} of ${userId}`;
}
