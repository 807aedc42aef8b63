import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CouponAction } from '../../src/coupon/change-coupon.js';
import { NotAllowed, NotAuthenticated } from '../../src/kernel/caller.js';
import { readHistory } from '../../src/event/read-history.js';
import { newId } from '../../src/kernel/ids.js';
import { callerOf, operator, orderService } from '../kit/seed.js';
import { codeOf, done, held, HOLD_TTL_MS, openWorld, type World } from './world.js';

describe('operators freeze, unfreeze and revoke', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(async () => {
    expect(await world.verify()).toEqual([]);
    await world.stores.close();
  });

  const act = (action: CouponAction, id: string) =>
    world.change.run(operator, action, { id, reason: 'fraud' });

  const reach: Record<string, () => Promise<string>> = {
    UNUSED: () => world.newCoupon(),
    HELD: async () => (await held(world)).couponIds[0]!,
    USED: async () => {
      const { orderId, couponIds } = await held(world);
      done(await world.confirm.run(orderService, orderId));
      return couponIds[0]!;
    },
    EXPIRED: async () => {
      const id = await world.newCoupon('anna', world.clock.nowMs() + 1);
      await world.forward(1);
      return id;
    },
    FROZEN: async () => {
      const id = await world.newCoupon();
      done(await act('FREEZE', id));
      return id;
    },
    REVOKED: async () => {
      const id = await world.newCoupon();
      done(await act('REVOKE', id));
      return id;
    },
  };

  it.each([
    ['UNUSED', 'FROZEN', 'ILLEGAL_TRANSITION', 'REVOKED'],
    ['HELD', 'COUPON_HELD', 'COUPON_HELD', 'COUPON_HELD'],
    ['USED', 'COUPON_USED', 'COUPON_USED', 'COUPON_USED'],
    ['EXPIRED', 'COUPON_EXPIRED', 'COUPON_EXPIRED', 'COUPON_EXPIRED'],
    ['FROZEN', 'COUPON_FROZEN', 'UNUSED', 'REVOKED'],
    ['REVOKED', 'COUPON_REVOKED', 'COUPON_REVOKED', 'COUPON_REVOKED'],
  ])('answers each of the three for a coupon that is %s', async (status, ...expected) => {
    const answers = [];
    for (const action of ['FREEZE', 'UNFREEZE', 'REVOKE'] as const) {
      const result = await act(action, await reach[status]!());
      answers.push(result.ok ? result.value.status : result.rejection.code);
    }
    expect(answers).toEqual(expected);
  });

  it('unfreezes to EXPIRED where the time of the coupon is over', async () => {
    const id = await world.newCoupon('anna', world.clock.nowMs() + 60_000);
    done(await act('FREEZE', id));
    await world.forward(60_000);
    expect(done(await act('UNFREEZE', id)).status).toBe('EXPIRED');
  });

  it('takes a coupon whose hold is over as free, and writes the end of the hold down first', async () => {
    const { orderId, couponIds } = await held(world, 2);
    await world.forward(HOLD_TTL_MS);
    expect(done(await act('FREEZE', couponIds[0]!)).status).toBe('FROZEN');
    expect((await world.couponNow(couponIds[1]!)).status).toBe('UNUSED');
    expect(codeOf(await world.confirm.run(orderService, orderId))).toBe('REDEMPTION_EXPIRED');
  });

  it('keeps who, why and when', async () => {
    const id = await world.newCoupon();
    done(await act('FREEZE', id));
    const [entry] = await readHistory(world.stores.database, id);
    expect(entry).toMatchObject({
      actor: 'operator',
      action: 'FROZEN',
      from: 'UNUSED',
      to: 'FROZEN',
      atMs: world.clock.nowMs(),
      details: { reason: 'fraud', userId: 'anna' },
    });
  });

  it('is for operators, and for coupons that exist', async () => {
    const id = await world.newCoupon();
    const request = { id, reason: 'r' };
    await expect(world.change.run(callerOf('anna'), 'FREEZE', request)).rejects.toBeInstanceOf(
      NotAllowed,
    );
    await expect(world.change.run(orderService, 'REVOKE', request)).rejects.toBeInstanceOf(
      NotAllowed,
    );
    await expect(world.change.run(callerOf(null), 'FREEZE', request)).rejects.toBeInstanceOf(
      NotAuthenticated,
    );
    await expect(
      world.change.run(operator, 'FREEZE', { id, reason: 'x'.repeat(501) }),
    ).rejects.toMatchObject({ field: 'input.reason' });
    expect(codeOf(await act('FREEZE', 'nothing'))).toBe('COUPON_NOT_FOUND');
    expect(codeOf(await act('FREEZE', newId(Date.now())))).toBe('COUPON_NOT_FOUND');
    expect((await world.couponNow(id)).status).toBe('UNUSED');
  });
});
