/** Redis before MySQL: what it turns away, what it must not, and that nothing rests on it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOLD_RESERVATION_MS } from '../../src/config/limits.js';
import { redisKeys } from '../../src/storage/redis-keys.js';
import { connectRedis } from '../../src/storage/redis.js';
import { createRedemptions } from '../../src/redemption/create-redemptions.js';
import { Reservations } from '../../src/redemption/reservations.js';
import { operator, orderService } from '../kit/seed.js';
import { codeOf, done, held, HOLD_TTL_MS, newOrder, openWorld, type World } from './world.js';

describe('reservations', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(async () => {
    expect(await world.verify()).toEqual([]);
    await world.stores.close();
  });

  const hold = (orderId: string, quoteId: string, on: Pick<World, 'hold'> = world) =>
    on.hold.run(orderService, { orderId, quoteId });
  const keyOf = (couponId: string) => world.stores.redis.client.get(redisKeys.hold(couponId));
  const statementsOf = async (work: () => Promise<unknown>): Promise<number> => {
    let count = 0;
    const stop = world.stores.database.observe(() => (count += 1));
    await work();
    stop();
    return count;
  };

  it('turn the second of two orders away without a statement to MySQL', async () => {
    const { couponIds } = await held(world);
    const quote = await world.newQuote([await world.newCoupon(), couponIds[0]!]);
    const statements = await statementsOf(async () => {
      expect(await hold(newOrder(), quote.id)).toMatchObject({
        rejection: { code: 'QUOTE_STALE', couponId: couponIds[0] },
      });
    });
    expect(statements).toBe(0);
    expect(await keyOf(quote.applied[0]!.couponId)).toBeNull();
  });

  it('stand while the hold or its use stands, and no longer than their time', async () => {
    const { orderId, couponIds } = await held(world);
    const id = couponIds[0]!;
    expect(await keyOf(id)).toBe(`held:${orderId}`);
    const ttlMs = await world.stores.redis.client.pttl(redisKeys.hold(id));
    expect(ttlMs).toBeGreaterThan(HOLD_RESERVATION_MS - 5_000);
    expect(ttlMs).toBeLessThanOrEqual(HOLD_RESERVATION_MS);
    done(await world.confirm.run(orderService, orderId));
    expect(await keyOf(id)).toBe(`held:${orderId}`);
    const refund = { orderId, lines: null, reason: null, idempotencyKey: 'k' };
    done(await world.refund.run(orderService, refund));
    expect(await keyOf(id)).toBeNull();
  });

  it('are given back when the hold is released, replaced or over', async () => {
    const released = await held(world);
    done(await world.release.run(orderService, { orderId: released.orderId, reason: null }));
    expect(await keyOf(released.couponIds[0]!)).toBeNull();
    const replaced = await held(world, 2);
    const quote = await world.newQuote([replaced.couponIds[1]!]);
    done(await hold(replaced.orderId, quote.id));
    expect(await keyOf(replaced.couponIds[0]!)).toBeNull();
    expect(await keyOf(replaced.couponIds[1]!)).toBe(`held:${replaced.orderId}`);
    const over = await held(world);
    world.clock.forward(HOLD_TTL_MS);
    await world.expire();
    expect(await keyOf(over.couponIds[0]!)).toBeNull();
  });

  it('are never longer than the hold they stand for', async () => {
    const reservations = new Reservations(world.stores.redis, 2_000);
    const id = await world.newCoupon();
    await reservations.reserve('o', [id]);
    expect(await world.stores.redis.client.pttl(redisKeys.hold(id))).toBeLessThanOrEqual(2_000);
    await reservations.giveBack('o', [id]);
  });

  it('are never kept, given back or taken over for another order', async () => {
    const reservations = new Reservations(world.stores.redis, HOLD_TTL_MS);
    const id = await world.newCoupon();
    await reservations.reserve('one', [id]);
    for (const other of ['two', 'on', '']) {
      expect((await reservations.reserve(other, [id])).refusedCouponId).toBe(id);
      await reservations.keep(other, [id]);
      await reservations.giveBack(other, [id]);
      expect(await keyOf(id)).toBe('try:one');
    }
    await reservations.keep('one', [id]);
    await reservations.giveBack('two', [id]);
    expect(await keyOf(id)).toBe('held:one');
    await reservations.giveBack('one', [id]);
    expect(await keyOf(id)).toBeNull();
  });

  it('are given back by a hold that failed, and only what it took itself', async () => {
    const first = await held(world);
    const [free, frozen] = [await world.newCoupon(), await world.newCoupon()];
    done(await world.change.run(operator, 'FREEZE', { id: frozen, reason: 'test' }));
    const quote = await world.newQuote([first.couponIds[0]!, free, frozen]);
    expect(codeOf(await hold(first.orderId, quote.id))).toBe('COUPON_FROZEN');
    expect(await keyOf(free)).toBeNull();
    expect(await keyOf(frozen)).toBeNull();
    expect(await keyOf(first.couponIds[0]!)).toBe(`held:${first.orderId}`);
  });

  it('are given back to the other coupons where one is taken', async () => {
    const first = await held(world);
    const others = [await world.newCoupon(), await world.newCoupon()];
    const quote = await world.newQuote([others[0]!, first.couponIds[0]!, others[1]!]);
    expect(codeOf(await hold(newOrder(), quote.id))).toBe('QUOTE_STALE');
    for (const id of others) expect(await keyOf(id)).toBeNull();
  });

  it('never keep an order from the coupon that MySQL holds for it', async () => {
    const { orderId, quote, couponIds } = await held(world);
    await world.stores.redis.client.set(redisKeys.hold(couponIds[0]!), 'try:another', 'PX', 9_000);
    expect(done(await hold(orderId, quote.id)).replayed).toBe(true);
    expect(await keyOf(couponIds[0]!)).toBe('try:another');
    await world.stores.redis.client.del(redisKeys.hold(couponIds[0]!));
  });

  it('turn away an order that has no hold while another one tries', async () => {
    const id = await world.newCoupon();
    const quote = await world.newQuote([id]);
    await world.stores.redis.client.set(redisKeys.hold(id), 'try:another', 'PX', 9_000);
    expect(codeOf(await hold(newOrder(), quote.id))).toBe('QUOTE_STALE');
    await world.stores.redis.client.del(redisKeys.hold(id));
    done(await hold(newOrder(), quote.id));
  });

  it('do not turn away whom MySQL would let, once Redis has lost everything', async () => {
    const first = await held(world);
    await world.stores.redis.client.flushdb();
    const other = newOrder();
    const quote = await world.newQuote(first.couponIds);
    expect(codeOf(await hold(other, quote.id))).toBe('QUOTE_STALE');
    expect(await keyOf(first.couponIds[0]!)).toBeNull();
    expect(done(await world.confirm.run(orderService, first.orderId)).replayed).toBe(false);
  });

  it('are passed by where their key is of another kind', async () => {
    const id = await world.newCoupon();
    const quote = await world.newQuote([id]);
    await world.stores.redis.client.lpush(redisKeys.hold(id), 'x');
    await expect(hold(newOrder(), quote.id)).resolves.toMatchObject({ ok: true });
    await world.stores.redis.client.del(redisKeys.hold(id));
    await new Promise((resolve) => setTimeout(resolve, 1_100));
  });

  it('are not needed: with Redis gone every verb goes on over MySQL', async () => {
    const gone = connectRedis('redis://127.0.0.1:1');
    const { stores, clock } = world;
    const { QuoteStore } = await import('../../src/quote/quote-store.js');
    const quotes = new QuoteStore(stores.database, gone, clock);
    const alone = createRedemptions({
      database: stores.database,
      redis: gone,
      quotes,
      clock,
      holdTtlMs: HOLD_TTL_MS,
    });
    const id = await world.newCoupon();
    const quote = await world.newQuote([id]);
    await quotes.save(quote);
    const orderId = newOrder();
    expect(done(await hold(orderId, quote.id, { ...world, ...alone })).replayed).toBe(false);
    expect(codeOf(await hold(newOrder(), quote.id, { ...world, ...alone }))).toBe('QUOTE_STALE');
    expect(done(await alone.confirm.run(orderService, orderId)).redemption.status).toBe(
      'CONFIRMED',
    );
    const refund = { orderId, lines: null, reason: null, idempotencyKey: 'k' };
    done(await alone.refund.run(orderService, refund));
    expect((await world.couponNow(id)).status).toBe('UNUSED');
    gone.close();
  });
});
