/** Real parallel callers, no scheduler: of many that want one thing exactly one gets it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operator, orderService } from '../kit/seed.js';
import { codeOf, done, held, HOLD_TTL_MS, newOrder, openWorld, type World } from './world.js';

const ROUNDS = 200;
const CALLERS = 100;
const MULTI_COUPON_HOLDS = 10_000;

describe('races', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(async () => {
    expect(await world.verify()).toEqual([]);
    await world.stores.close();
  });

  const hold = (orderId: string, quoteId: string) =>
    world.hold.run(orderService, { orderId, quoteId });
  const refundAll = (orderId: string, idempotencyKey: string) =>
    world.refund.run(orderService, { orderId, lines: null, reason: null, idempotencyKey });
  const tally = (names: readonly string[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
    return counts;
  };

  it(`gives one coupon to exactly one of ${CALLERS} orders, in ${ROUNDS} rounds`, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const couponId = await world.newCoupon();
      const { id } = await world.newQuote([couponId]);
      const orders = Array.from({ length: CALLERS }, newOrder);
      const results = await Promise.all(orders.map((orderId) => hold(orderId, id)));
      expect(tally(results.map(codeOf))).toEqual({ ok: 1, QUOTE_STALE: CALLERS - 1 });
      const winner = orders[results.findIndex(({ ok }) => ok)];
      expect((await world.couponNow(couponId)).orderId).toBe(winner);
    }
  }, 120_000);

  it('gives one coupon to exactly one of many orders over MySQL alone', async () => {
    for (let round = 0; round < 20; round += 1) {
      const couponId = await world.newCoupon();
      const { id } = await world.newQuote([couponId]);
      const results = await withoutReservations(world, () =>
        Promise.all(Array.from({ length: 20 }, () => hold(newOrder(), id))),
      );
      expect(tally(results.map(codeOf))).toEqual({ ok: 1, QUOTE_STALE: 19 });
    }
  }, 60_000);

  it('makes one redemption of many holds of one order, whatever their quotes', async () => {
    for (let round = 0; round < 20; round += 1) {
      const orderId = newOrder();
      const quotes = await Promise.all(
        [0, 1, 2].map(async () => world.newQuote([await world.newCoupon()])),
      );
      const results = await Promise.all(
        Array.from({ length: 12 }, (_, i) => hold(orderId, quotes[i % 3]!.id)),
      );
      expect(tally(results.map(codeOf))).toEqual({ ok: 12 });
      const latest = (await world.read.byOrder(orderService, orderId))!;
      expect(latest.status).toBe('HELD');
      for (const quote of quotes) {
        const coupon = await world.couponNow(quote.applied[0]!.couponId);
        expect(coupon.status).toBe(quote.id === latest.quoteId ? 'HELD' : 'UNUSED');
      }
    }
  }, 60_000);

  it('lets exactly one of confirm, release and freeze have a hold, and tells the others its name', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { orderId, couponIds } = await held(world);
      const [confirmed, released, frozen] = await Promise.all([
        world.confirm.run(orderService, orderId),
        world.release.run(orderService, { orderId, reason: null }),
        world.change.run(operator, 'FREEZE', { id: couponIds[0]!, reason: 'race' }),
      ]);
      const { status } = (await world.read.byOrder(orderService, orderId))!;
      const coupon = (await world.couponNow(couponIds[0]!)).status;
      if (status === 'CONFIRMED') {
        expect([codeOf(confirmed), codeOf(released)]).toEqual(['ok', 'REDEMPTION_CONFIRMED']);
        expect(['COUPON_HELD', 'COUPON_USED']).toContain(codeOf(frozen));
        expect(coupon).toBe('USED');
      } else {
        expect([codeOf(confirmed), codeOf(released)]).toEqual(['REDEMPTION_RELEASED', 'ok']);
        expect(coupon).toBe(frozen.ok ? 'FROZEN' : 'UNUSED');
      }
    }
  }, 120_000);

  it('lets exactly one of a late confirm and another order have a coupon whose hold is over', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { orderId, couponIds } = await held(world);
      await world.forward(HOLD_TTL_MS);
      const other = newOrder();
      const quote = await world.newQuote(couponIds);
      const [confirmed, taken] = await Promise.all([
        world.confirm.run(orderService, orderId),
        hold(other, quote.id),
        world.expire(),
      ]);
      expect([codeOf(confirmed), codeOf(taken)].sort()).toEqual(
        confirmed.ok ? ['QUOTE_STALE', 'ok'] : ['REDEMPTION_EXPIRED', 'ok'],
      );
      const coupon = await world.couponNow(couponIds[0]!);
      expect(coupon.orderId).toBe(confirmed.ok ? orderId : other);
    }
  }, 120_000);

  it('refunds once, whatever the number of equal and other keys at the same time', async () => {
    for (let round = 0; round < 100; round += 1) {
      const { orderId, couponIds } = await held(world, 2);
      done(await world.confirm.run(orderService, orderId));
      const results = await Promise.all([
        ...Array.from({ length: 3 }, () => refundAll(orderId, 'same')),
        refundAll(orderId, 'other'),
        world.confirm.run(orderService, orderId),
      ]);
      const refunds = results.slice(0, 4);
      const fresh = refunds.filter((result) => result.ok && !result.value.replayed);
      expect(fresh).toHaveLength(1);
      for (const result of refunds) expect(['ok', 'REDEMPTION_REFUNDED']).toContain(codeOf(result));
      expect(await world.read.byOrder(orderService, orderId)).toMatchObject({
        status: 'REFUNDED',
        refundedMinor: 2_000,
      });
      for (const id of couponIds) expect((await world.couponNow(id)).status).toBe('UNUSED');
    }
  }, 60_000);

  it('takes back the discount exactly over refunds of single units at the same time', async () => {
    for (let round = 0; round < 100; round += 1) {
      const { orderId } = await held(world, 2);
      done(await world.confirm.run(orderService, orderId));
      const units = ['l1', 'l1', 'l1', 'l1', 'l2', 'l2', 'l2'];
      const results = await Promise.all(
        units.map((lineId, i) =>
          world.refund.run(orderService, {
            orderId,
            lines: [{ lineId, quantity: 1 }],
            reason: null,
            idempotencyKey: `unit ${i}`,
          }),
        ),
      );
      expect(results.filter(({ ok }) => ok)).toHaveLength(5);
      const { status, refundedMinor } = (await world.read.byOrder(orderService, orderId))!;
      expect([status, refundedMinor]).toEqual(['REFUNDED', 2_000]);
    }
  }, 60_000);

  it(`leaves no deadlock untried in ${MULTI_COUPON_HOLDS} holds of several coupons at once`, async () => {
    const pool: string[] = [];
    for (let i = 0; i < 12; i += 1) pool.push(await world.newCoupon());
    let seed = 1;
    const pick = (): string[] => {
      const chosen = new Set<string>();
      for (let i = 0; i < 3; i += 1)
        chosen.add(pool[(seed = (seed * 48_271) % 2_147_483_647) % 12]!);
      return [...chosen];
    };
    const names: string[] = [];
    const callers = Array.from({ length: 16 }, async () => {
      while (names.length < MULTI_COUPON_HOLDS) {
        const orderId = newOrder();
        const quote = await world.newQuote(pick());
        const result = await hold(orderId, quote.id);
        names.push(codeOf(result));
        if (result.ok) done(await world.release.run(orderService, { orderId, reason: null }));
      }
    });
    await withoutReservations(world, () => Promise.all(callers));
    expect(Object.keys(tally(names)).sort()).toEqual(['QUOTE_STALE', 'ok']);
  }, 600_000);
});

/** With reservations out of the way, so that every hold reaches MySQL; quotes stay where they are. */
async function withoutReservations<T>(world: World, work: () => Promise<T>): Promise<T> {
  const { redis } = world.stores;
  const run = redis.run.bind(redis);
  redis.run = () => Promise.resolve(1);
  try {
    return await work();
  } finally {
    redis.run = run;
  }
}
