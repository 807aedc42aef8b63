/** The one statement that changes a coupon: of two who saw the same coupon, one changes it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCoupons } from '../../src/coupon/coupon.store.js';
import { stepCoupon } from '../../src/coupon/coupon-step.store.js';
import { NO_TIES } from '../../src/coupon/rules/after-step.js';
import { activeTemplate, claim, openWorld, type World } from '../kit/world.js';

describe('a step of a coupon', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  it('is made of the coupon that was seen, or not at all', async () => {
    const { database } = world.stores;
    const { id } = await activeTemplate(world);
    const { couponId } = await claim(world, id, 'ada');
    const [seen] = await readCoupons(database, [couponId!]);
    const note = { actor: 'test', atMs: world.clock.nowMs(), details: {} };
    const hold = (orderId: string) => {
      const ties = { ...NO_TIES, orderId, redemptionId: orderId, heldUntilMs: note.atMs + 60_000 };
      return database.transaction((sql) => stepCoupon(sql, seen!, 'HOLD', ties, note));
    };
    expect((await hold('first')).after).toMatchObject({ status: 'HELD', orderId: 'first' });
    await expect(hold('second')).rejects.toThrow('changed under its lock');
    expect((await readCoupons(database, [couponId!]))[0]).toMatchObject({ orderId: 'first' });
  });
});
