import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callerOf, operator, orderService } from '../kit/seed.js';
import { codeOf, done, held, HOLD_TTL_MS, newOrder, openWorld, type World } from './world.js';

describe('redeeming at once, and reading', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(async () => {
    expect(await world.verify()).toEqual([]);
    await world.stores.close();
  });

  const redeem = (orderId: string, quoteId: string) =>
    world.redeem.run(orderService, { orderId, quoteId });

  describe('redeemCoupons', () => {
    it('holds and confirms in one, and answers again as the first time', async () => {
      const id = await world.newCoupon();
      const quote = await world.newQuote([id]);
      const orderId = newOrder();
      const first = done(await redeem(orderId, quote.id));
      expect(first).toMatchObject({ replayed: false, redemption: { status: 'CONFIRMED' } });
      expect((await world.couponNow(id)).status).toBe('USED');
      expect(done(await redeem(orderId, quote.id))).toEqual({ ...first, replayed: true });
      expect(done(await world.confirm.run(orderService, orderId)).replayed).toBe(true);
    });

    it('confirms what the order holds already', async () => {
      const { orderId, quote, redemption } = await held(world);
      expect(done(await redeem(orderId, quote.id))).toMatchObject({
        replayed: false,
        redemption: { id: redemption.id, status: 'CONFIRMED' },
      });
    });

    it('replaces what the order holds under another quote', async () => {
      const first = await held(world);
      const id = await world.newCoupon();
      const { redemption } = done(await redeem(first.orderId, (await world.newQuote([id])).id));
      expect(redemption.status).toBe('CONFIRMED');
      expect((await world.couponNow(first.couponIds[0]!)).status).toBe('UNUSED');
    });

    it('does nothing where the hold or the confirm would be refused', async () => {
      const frozen = await world.newCoupon();
      const free = await world.newCoupon();
      const quote = await world.newQuote([free, frozen]);
      done(await world.change.run(operator, 'FREEZE', { id: frozen, reason: 'test' }));
      expect(codeOf(await redeem(newOrder(), quote.id))).toBe('COUPON_FROZEN');
      expect((await world.couponNow(free)).status).toBe('UNUSED');
      const over = await held(world);
      done(await redeem(over.orderId, over.quote.id));
      const all = { orderId: over.orderId, lines: null, reason: null, idempotencyKey: 'k' };
      done(await world.refund.run(orderService, all));
      expect(codeOf(await redeem(over.orderId, over.quote.id))).toBe('REDEMPTION_REFUNDED');
      expect((await world.couponNow(over.couponIds[0]!)).status).toBe('UNUSED');
    });
  });

  describe('reading', () => {
    it('shows a redemption to its owner, the order service and operators only', async () => {
      const { orderId, redemption } = await held(world, 2);
      for (const caller of [callerOf('anna'), orderService, operator])
        expect(await world.read.byOrder(caller, orderId)).toEqual(redemption);
      expect(await world.read.byOrder(callerOf('bert'), orderId)).toBeNull();
      expect(await world.read.byOrder(orderService, newOrder())).toBeNull();
      expect(await world.read.byOrder(orderService, 'söme')).toBeNull();
    });

    it('reads many orders in two statements, each with its latest redemption', async () => {
      const orders = [await held(world), await held(world, 2)];
      done(await world.release.run(orderService, { orderId: orders[0]!.orderId, reason: null }));
      const again = { orderId: orders[0]!.orderId, quoteId: orders[0]!.quote.id };
      const latest = done(await world.hold.run(orderService, again)).redemption;
      let statements = 0;
      const stop = world.stores.database.observe(() => (statements += 1));
      const read = await Promise.all(
        [...orders, ...orders].map(({ orderId }) => world.read.byOrder(orderService, orderId)),
      );
      stop();
      expect(statements).toBe(2);
      expect(read).toEqual([latest, orders[1]!.redemption, latest, orders[1]!.redemption]);
    });

    it('knows the quote that a live redemption was held under, and only that', async () => {
      const { orderId, quote } = await held(world);
      expect(await world.read.liveQuoteOf(orderId)).toEqual(quote);
      await world.forward(HOLD_TTL_MS);
      expect(await world.read.liveQuoteOf(orderId)).toBeUndefined();
      done(await world.confirm.run(orderService, orderId));
      expect(await world.read.liveQuoteOf(orderId)).toEqual(quote);
      const released = await held(world);
      done(await world.release.run(orderService, { orderId: released.orderId, reason: null }));
      expect(await world.read.liveQuoteOf(released.orderId)).toBeUndefined();
      expect(await world.read.liveQuoteOf('söme')).toBeUndefined();
    });
  });
});
