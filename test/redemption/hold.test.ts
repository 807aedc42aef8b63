import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NotAuthenticated } from '../../src/kernel/caller.js';
import { InputError } from '../../src/kernel/input-error.js';
import { redisKeys } from '../../src/storage/redis-keys.js';
import { callerOf, operator, orderService } from '../kit/seed.js';
import { codeOf, done, held, HOLD_TTL_MS, newOrder, openWorld, type World } from './world.js';

const anna = callerOf('anna');
const bert = callerOf('bert');

describe('holding coupons', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.stores.close());

  const hold = (orderId: string, quoteId: string, caller = orderService) =>
    world.hold.run(caller, { orderId, quoteId });

  it('holds every coupon of the quote for the order and honours its amounts', async () => {
    const { redemption, quote, couponIds, orderId } = await held(world, 2);
    expect(redemption).toMatchObject({
      orderId,
      quoteId: quote.id,
      userId: 'anna',
      status: 'HELD',
      discountMinor: 2_000,
      refundedMinor: 0,
    });
    expect(redemption.heldUntilMs! - redemption.createdAtMs).toBe(HOLD_TTL_MS);
    expect(redemption.lines.map((line) => line.discountMinor)).toEqual(
      quote.lines.map((line) => line.discountMinor),
    );
    for (const id of couponIds) {
      const coupon = await world.couponNow(id);
      expect(coupon).toMatchObject({ status: 'HELD', orderId, redemptionId: redemption.id });
      expect(coupon.heldUntilMs).toBe(redemption.heldUntilMs);
    }
  });
});
