/** The sample notification service believes what is signed, and would notice what is wrong about it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  NotificationInbox,
  type CouponEvent,
} from '../../src/demo/neighbours/notification-inbox.js';
import { startNotifications, type Notifications } from '../../src/demo/neighbours/notifications.js';
import { activeTemplate, claim } from '../kit/world.js';
import { openRelay, type RelayWorld } from './world.js';

describe('the sample notification service', () => {
  let world: RelayWorld;
  let notifications: Notifications;
  beforeEach(async () => {
    [world, notifications] = await Promise.all([openRelay(), startNotifications()]);
  });
  afterEach(async () => {
    world.app.webhooks.deliver.hangUp();
    await world.close();
    await notifications.stop();
  });

  it('hears of every coupon, signed with the secret that its endpoint was told', async () => {
    const { id: templateId } = await activeTemplate(world);
    const { secret } = await world.endpoint(notifications.url, ['coupon.*']);
    notifications.trust(secret);
    const users = ['anna', 'bert', 'chen'];
    await Promise.all(users.map((user) => claim(world, templateId, user)));
    await world.relay();
    const { inbox } = notifications;
    expect([inbox.received, inbox.outOfOrder, notifications.refused()]).toEqual([3, [], 0]);
    const isHeard = (userId: string) =>
      inbox.hasHeard({ type: 'coupon.claimed', templateId, userId });
    expect([...users, 'dora'].map(isHeard)).toEqual([true, true, true, false]);
  });

  it('refuses what is not signed, and what is signed with another secret', async () => {
    const { id: templateId } = await activeTemplate(world);
    await world.endpoint(notifications.url, ['coupon.*']);
    notifications.trust(`whsec_${Buffer.alloc(32, 1).toString('base64')}`);
    await claim(world, templateId, 'anna');
    await world.relay();
    const forged = await fetch(notifications.url, { method: 'POST', body: '{}' });
    expect([forged.status, notifications.inbox.received]).toEqual([401, 0]);
    expect(notifications.refused()).toBe(2);
  });
});

describe('its inbox', () => {
  const event = (id: string, seq?: number): CouponEvent => ({
    id,
    type: 'coupon.held',
    subject: 'coupon',
    data: { seq, userId: 'anna', templateId: 'T' },
  });
  const inboxOf = (...events: CouponEvent[]) => {
    const inbox = new NotificationInbox();
    for (const one of events) inbox.take(one);
    return inbox;
  };

  it('counts a repetition, and takes it for no other event', () => {
    const { received, repeated, outOfOrder } = inboxOf(event('a', 1), event('b', 2), event('a', 1));
    expect([received, repeated, outOfOrder]).toEqual([2, 1, []]);
  });

  it('names what came before its turn, and what came after it', () => {
    expect(inboxOf(event('a', 1), event('b', 3), event('c', 2)).outOfOrder).toEqual([
      'coupon: 3 after 1',
      'coupon: 2 after 3',
    ]);
  });

  it('lets a notice pass, which has no place among the changes', () => {
    expect(inboxOf(event('a', 1), event('b'), event('c', 2)).outOfOrder).toEqual([]);
  });
});
