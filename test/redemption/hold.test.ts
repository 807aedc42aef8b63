import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NotAuthenticated } from '../../src/kernel/caller.js';
import { InputError } from '../../src/kernel/input-error.js';
import { QUOTE_TTL_MS } from '../../src/config/limits.js';
import { callerOf, operator, orderService } from '../kit/seed.js';
import { codeOf, done, held, HOLD_TTL_MS, newOrder, openWorld, type World } from './world.js';

describe('holding coupons', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(async () => {
    expect(await world.verify()).toEqual([]);
    await world.stores.close();
  });

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

  it('answers the same quote again as the first time, even after the quote is gone', async () => {
    const { orderId, quote, redemption } = await held(world);
    expect(done(await hold(orderId, quote.id))).toEqual({ redemption, replayed: true });
    await world.forward(QUOTE_TTL_MS);
    expect(done(await hold(orderId, quote.id))).toEqual({ redemption, replayed: true });
  });

  it('answers the same quote again once it is confirmed', async () => {
    const { orderId, quote } = await held(world);
    await world.confirm.run(orderService, orderId);
    const again = done(await hold(orderId, quote.id));
    expect(again).toMatchObject({ replayed: true, redemption: { status: 'CONFIRMED' } });
  });

  it('holds a quote without coupons, so that its order has lines to refund', async () => {
    const { orderId, redemption } = await held(world, 0);
    expect(redemption).toMatchObject({ status: 'HELD', discountMinor: 0, coupons: [] });
    expect(done(await world.confirm.run(orderService, orderId)).redemption.status).toBe(
      'CONFIRMED',
    );
  });

  it('asks the owner for the level of a coupon again, which may be lost since the quote', async () => {
    const coupon = await world.newCoupon();
    const plain = await world.newQuote([coupon]);
    const rules = { ...plain.applied[0]!.rules, userLevels: ['gold'] };
    const quote = { ...plain, id: `${plain.id}-gold`, applied: [{ ...plain.applied[0]!, rules }] };
    await world.quotes.save(quote);
    const [orderId, anna] = [newOrder(), callerOf('anna')];
    for (const level of [null, '', 'silver'])
      expect(await hold(orderId, quote.id, { ...anna, level })).toMatchObject({
        ok: false,
        rejection: { code: 'USER_LEVEL_NOT_ELIGIBLE', couponId: coupon },
      });
    expect((await world.couponNow(coupon)).status).toBe('UNUSED');
    done(await hold(orderId, quote.id, { ...anna, level: 'gold' }));
    expect(done(await hold(orderId, quote.id, anna)).replayed).toBe(true);
  });

  it('does not ask the order service for a level, which is not its own', async () => {
    const plain = await world.newQuote([await world.newCoupon()]);
    const rules = { ...plain.applied[0]!.rules, userLevels: ['gold'] };
    const quote = { ...plain, id: `${plain.id}-gold`, applied: [{ ...plain.applied[0]!, rules }] };
    await world.quotes.save(quote);
    expect(done(await hold(newOrder(), quote.id)).redemption.status).toBe('HELD');
  });

  it('holds nothing where one of the coupons is gone', async () => {
    const taken = await held(world);
    const free = await world.newCoupon();
    const quote = await world.newQuote([free, ...taken.couponIds]);
    await world.stores.redis.client.flushdb();
    await world.quotes.save(quote);
    const result = await hold(newOrder(), quote.id);
    expect(result).toMatchObject({
      ok: false,
      rejection: { code: 'QUOTE_STALE', couponId: taken.couponIds[0] },
    });
    expect((await world.couponNow(free)).status).toBe('UNUSED');
  });

  it.each([
    ['FREEZE', 'COUPON_FROZEN'],
    ['REVOKE', 'COUPON_REVOKED'],
  ] as const)('names a coupon that an operator has stopped since (%s)', async (action, code) => {
    const id = await world.newCoupon();
    const quote = await world.newQuote([id]);
    done(await world.change.run(operator, action, { id, reason: 'test' }));
    const result = await hold(newOrder(), quote.id);
    expect(result).toMatchObject({ ok: false, rejection: { code, couponId: id } });
  });

  it('names a coupon that has expired since', async () => {
    const id = await world.newCoupon('anna', world.clock.nowMs() + 60_000);
    const quote = await world.newQuote([id]);
    await world.forward(60_000);
    const result = await hold(newOrder(), quote.id);
    expect(result).toMatchObject({
      ok: false,
      rejection: { code: 'COUPON_EXPIRED', couponId: id },
    });
  });

  it('calls a quote stale whose coupon is not of its owner', async () => {
    const quote = await world.newQuote([await world.newCoupon('bert')]);
    expect(codeOf(await hold(newOrder(), quote.id))).toBe('QUOTE_STALE');
  });

  it('replaces a hold by another quote of the order, all at once', async () => {
    const first = await held(world, 2);
    const added = await world.newCoupon();
    const quote = await world.newQuote([first.couponIds[1]!, added]);
    const { redemption, replayed } = done(await hold(first.orderId, quote.id));
    expect(replayed).toBe(false);
    expect(redemption.id).not.toBe(first.redemption.id);
    expect((await world.couponNow(first.couponIds[0]!)).status).toBe('UNUSED');
    for (const id of [first.couponIds[1]!, added])
      expect(await world.couponNow(id)).toMatchObject({
        status: 'HELD',
        redemptionId: redemption.id,
      });
  });

  it('keeps the hold where the quote that would replace it cannot be held', async () => {
    const first = await held(world);
    const frozen = await world.newCoupon();
    const quote = await world.newQuote([first.couponIds[0]!, frozen]);
    done(await world.change.run(operator, 'FREEZE', { id: frozen, reason: 'test' }));
    expect(codeOf(await hold(first.orderId, quote.id))).toBe('COUPON_FROZEN');
    expect(await world.read.byOrder(orderService, first.orderId)).toEqual(first.redemption);
  });

  it('does not carry an expired coupon over into the hold that replaces another', async () => {
    const id = await world.newCoupon('anna', world.clock.nowMs() + 60_000);
    const orderId = newOrder();
    done(await hold(orderId, (await world.newQuote([id])).id));
    const other = await world.newQuote([id], {
      lines: [{ lineId: 'x', unitPriceMinor: 9_000, quantity: 1 }],
    });
    await world.forward(60_000);
    expect(codeOf(await hold(orderId, other.id))).toBe('COUPON_EXPIRED');
    expect(done(await world.confirm.run(orderService, orderId)).redemption.status).toBe(
      'CONFIRMED',
    );
  });

  it('refuses another quote once the order is confirmed or refunded', async () => {
    const { orderId } = await held(world);
    const other = await world.newQuote([await world.newCoupon()]);
    done(await world.confirm.run(orderService, orderId));
    expect(codeOf(await hold(orderId, other.id))).toBe('IDEMPOTENCY_CONFLICT');
    const refund = { orderId, reason: null };
    const part = [{ lineId: 'l1', quantity: 1 }];
    done(await world.refund.run(orderService, { ...refund, lines: part, idempotencyKey: 'k1' }));
    expect(codeOf(await hold(orderId, other.id))).toBe('IDEMPOTENCY_CONFLICT');
    done(await world.refund.run(orderService, { ...refund, lines: null, idempotencyKey: 'k2' }));
    expect(codeOf(await hold(orderId, other.id))).toBe('IDEMPOTENCY_CONFLICT');
  });

  it('starts another redemption after a release, with the same quote or another', async () => {
    const { orderId, quote, redemption } = await held(world);
    done(await world.release.run(orderService, { orderId, reason: null }));
    const again = done(await hold(orderId, quote.id));
    expect(again.replayed).toBe(false);
    expect(again.redemption).toMatchObject({ status: 'HELD', attempt: 2 });
    expect(again.redemption.id).not.toBe(redemption.id);
    expect(await world.read.byOrder(orderService, orderId)).toEqual(again.redemption);
  });

  it('starts another redemption when the time of the first is over, job or no job', async () => {
    const { orderId, quote } = await held(world, 1, { ttlMs: 2 * HOLD_TTL_MS });
    await world.forward(HOLD_TTL_MS);
    const again = done(await hold(orderId, quote.id));
    expect(again).toMatchObject({ replayed: false, redemption: { attempt: 2, status: 'HELD' } });
  });

  it('gives a coupon whose hold is over to the next order before the job has run', async () => {
    const first = await held(world, 2);
    await world.forward(HOLD_TTL_MS - 1);
    const early = await world.newQuote([first.couponIds[0]!]);
    const orderId = newOrder();
    await world.stores.redis.client.del(`hold:${first.couponIds[0]}`);
    expect(codeOf(await hold(orderId, early.id))).toBe('QUOTE_STALE');
    await world.forward(1);
    done(await hold(orderId, early.id));
    expect((await world.couponNow(first.couponIds[0]!)).orderId).toBe(orderId);
    expect((await world.couponNow(first.couponIds[1]!)).status).toBe('UNUSED');
    expect((await world.read.byOrder(orderService, first.orderId))!.status).toBe('EXPIRED');
  });

  it('does not find a quote that never was, or that Redis lost', async () => {
    expect(codeOf(await hold(newOrder(), 'nothing'))).toBe('QUOTE_NOT_FOUND');
    expect(codeOf(await hold(newOrder(), 'ünbekannt'))).toBe('QUOTE_NOT_FOUND');
    const quote = await world.newQuote([await world.newCoupon()]);
    await world.stores.redis.client.del(`quote:${quote.id}`);
    expect(codeOf(await hold(newOrder(), quote.id))).toBe('QUOTE_NOT_FOUND');
  });

  it('says that a quote has expired where the order knows it', async () => {
    const { orderId, quote } = await held(world);
    done(await world.release.run(orderService, { orderId, reason: null }));
    await world.forward(QUOTE_TTL_MS - 1);
    expect(codeOf(await hold(orderId, 'nothing'))).toBe('QUOTE_NOT_FOUND');
    await world.forward(1);
    expect(codeOf(await hold(orderId, quote.id))).toBe('QUOTE_EXPIRED');
  });

  it('never holds a quote whose amounts do not add up', async () => {
    const id = await world.newCoupon();
    const quote = await world.newQuote([id]);
    await world.quotes.save({ ...quote, discountMinor: quote.discountMinor + 1 });
    await expect(hold(newOrder(), quote.id)).rejects.toThrow('do not add up');
    expect((await world.couponNow(id)).status).toBe('UNUSED');
  });

  describe('who may', () => {
    const anna = callerOf('anna');
    const bert = callerOf('bert');

    it('lets the owner hold and confirm an own quote', async () => {
      const quote = await world.newQuote([await world.newCoupon()]);
      const orderId = newOrder();
      done(await hold(orderId, quote.id, anna));
      expect(done(await world.confirm.run(anna, orderId)).redemption.status).toBe('CONFIRMED');
    });

    it("does not find somebody else's quote or redemption, whatever is asked", async () => {
      const { orderId, quote, redemption } = await held(world);
      const refund = { orderId, lines: null, reason: null, idempotencyKey: 'k' };
      for (const stranger of [bert, operator]) {
        expect(codeOf(await hold(newOrder(), quote.id, stranger))).toBe('QUOTE_NOT_FOUND');
        expect(codeOf(await hold(orderId, quote.id, stranger))).toBe('QUOTE_NOT_FOUND');
        const verbs = [
          world.confirm.run(stranger, orderId),
          world.release.run(stranger, { orderId, reason: null }),
          world.refund.run(stranger, refund),
        ];
        for (const result of await Promise.all(verbs))
          expect(codeOf(result)).toBe('REDEMPTION_NOT_FOUND');
      }
      expect(await world.read.byOrder(orderService, orderId)).toEqual(redemption);
    });

    it("cannot replace somebody else's hold, or replay it once its quote is gone", async () => {
      const { orderId, quote, redemption } = await held(world);
      const own = await world.newQuote([await world.newCoupon('bert')], { userId: 'bert' });
      expect(codeOf(await hold(orderId, own.id, bert))).toBe('IDEMPOTENCY_CONFLICT');
      await world.stores.redis.client.del(`quote:${quote.id}`);
      expect(codeOf(await hold(orderId, quote.id, bert))).toBe('QUOTE_NOT_FOUND');
      expect(await world.read.byOrder(orderService, orderId)).toEqual(redemption);
    });

    it('needs a token, and an order id that could be one', async () => {
      const nobody = callerOf(null);
      await expect(hold('o', 'q', nobody)).rejects.toBeInstanceOf(NotAuthenticated);
      await expect(world.confirm.run(nobody, 'o')).rejects.toBeInstanceOf(NotAuthenticated);
      await expect(world.read.byOrder(nobody, 'o')).rejects.toBeInstanceOf(NotAuthenticated);
      await expect(hold('an order', 'q')).rejects.toMatchObject({ field: 'input.orderId' });
      await expect(hold('', 'q')).rejects.toBeInstanceOf(InputError);
      expect(codeOf(await world.confirm.run(orderService, 'söme'))).toBe('REDEMPTION_NOT_FOUND');
    });
  });
});
