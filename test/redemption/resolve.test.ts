/** Confirm, release, expiry and the late confirm: each resolution, and the name of each wrong one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { orderService } from '../kit/seed.js';
import { codeOf, done, held, HOLD_TTL_MS, newOrder, openWorld, type World } from './world.js';

describe('resolving a hold', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(async () => {
    expect(await world.verify()).toEqual([]);
    await world.stores.close();
  });

  const confirm = (orderId: string) => world.confirm.run(orderService, orderId);
  const release = (orderId: string) => world.release.run(orderService, { orderId, reason: 'r' });
  const refundAll = (orderId: string, idempotencyKey = 'all') =>
    world.refund.run(orderService, { orderId, lines: null, reason: null, idempotencyKey });
  const refundOne = (orderId: string) =>
    world.refund.run(orderService, {
      orderId,
      lines: [{ lineId: 'l1', quantity: 1 }],
      reason: null,
      idempotencyKey: 'one',
    });

  it('uses every coupon when it is confirmed, with what each took off', async () => {
    const { orderId, couponIds, redemption } = await held(world, 2);
    const confirmed = done(await confirm(orderId));
    expect(confirmed).toMatchObject({ replayed: false, redemption: { status: 'CONFIRMED' } });
    expect(confirmed.redemption.heldUntilMs).toBeNull();
    for (const id of couponIds)
      expect(await world.couponNow(id)).toMatchObject({
        status: 'USED',
        redemptionId: redemption.id,
        orderId,
        usedAtMs: world.clock.nowMs(),
        discountMinor: 1_000,
        heldUntilMs: null,
      });
    expect(done(await confirm(orderId))).toEqual({ ...confirmed, replayed: true });
  });

  it('frees every coupon when it is released', async () => {
    const { orderId, couponIds } = await held(world, 2);
    const released = done(await release(orderId));
    expect(released).toMatchObject({ replayed: false, redemption: { status: 'RELEASED' } });
    for (const id of couponIds)
      expect(await world.couponNow(id)).toMatchObject({
        status: 'UNUSED',
        redemptionId: null,
        orderId: null,
        heldUntilMs: null,
      });
    expect(done(await release(orderId))).toEqual({ ...released, replayed: true });
  });

  it('confirms within the hold whatever the time of the coupons', async () => {
    const id = await world.newCoupon('anna', world.clock.nowMs() + 60_000);
    const orderId = newOrder();
    const quoteId = (await world.newQuote([id])).id;
    done(await world.hold.run(orderService, { orderId, quoteId }));
    await world.forward(HOLD_TTL_MS - 1);
    expect(done(await confirm(orderId)).redemption.status).toBe('CONFIRMED');
    expect((await world.couponNow(id)).status).toBe('USED');
  });

  it.each(['release', 'expiry', 'refund'] as const)(
    'gives a coupon back EXPIRED where its time is over (%s)',
    async (ending) => {
      const id = await world.newCoupon('anna', world.clock.nowMs() + 60_000);
      const orderId = newOrder();
      const quoteId = (await world.newQuote([id])).id;
      done(await world.hold.run(orderService, { orderId, quoteId }));
      if (ending === 'refund') done(await confirm(orderId));
      await world.forward(60_000);
      if (ending === 'expiry') await world.forward(HOLD_TTL_MS).then(() => world.expire());
      if (ending === 'release') done(await release(orderId));
      if (ending === 'refund') done(await refundAll(orderId));
      expect((await world.couponNow(id)).status).toBe('EXPIRED');
    },
  );

  it('writes expired holds down without changing what anybody is told', async () => {
    const overdue = await held(world, 2);
    const alive = await held(world);
    await world.forward(HOLD_TTL_MS - 1);
    expect(done(await confirm(alive.orderId)).redemption.status).toBe('CONFIRMED');
    await world.forward(5_001);
    const before = await world.read.byOrder(orderService, overdue.orderId);
    expect(before!.status).toBe('EXPIRED');
    expect((await world.couponNow(overdue.couponIds[0]!)).status).toBe('HELD');
    expect(await world.expire()).toEqual({ expired: 1, failures: [] });
    const after = await world.read.byOrder(orderService, overdue.orderId);
    expect({ ...after, version: 0 }).toEqual({ ...before, version: 0 });
    expect((await world.couponNow(overdue.couponIds[0]!)).status).toBe('UNUSED');
    expect(await world.expire()).toEqual({ expired: 0, failures: [] });
  });

  it('leaves a hold alone whose time is not over, or that was resolved meanwhile', async () => {
    const { orderId, couponIds, redemption } = await held(world);
    await world.forward(HOLD_TTL_MS - 1);
    expect(await world.transactions.endOverdueHold(redemption.id)).toBe(false);
    expect((await world.couponNow(couponIds[0]!)).status).toBe('HELD');
    done(await world.confirm.run(orderService, orderId));
    await world.forward(1);
    expect(await world.transactions.endOverdueHold(redemption.id)).toBe(false);
    expect((await world.couponNow(couponIds[0]!)).status).toBe('USED');
  });

  it('ends a backlog of overdue holds that is longer than a page', async () => {
    const orders = [];
    for (let i = 0; i < 5; i += 1) orders.push(await held(world));
    await world.forward(HOLD_TTL_MS);
    const { expireHolds } = await import('../../src/upkeep/expire-holds.js');
    const { stores, transactions, clock } = world;
    expect((await expireHolds(stores.database, transactions, clock, 2)).expired).toBe(5);
    for (const { couponIds } of orders)
      expect((await world.couponNow(couponIds[0]!)).status).toBe('UNUSED');
  });

  it('goes on past a hold that cannot be ended, and says which', async () => {
    const orders = [await held(world), await held(world)];
    await world.forward(HOLD_TTL_MS);
    const broken = orders[0]!.redemption.id;
    const { expireHolds } = await import('../../src/upkeep/expire-holds.js');
    const endOverdueHold = (id: string) =>
      id === broken ? Promise.reject(new Error('broken')) : world.transactions.endOverdueHold(id);
    const run = await expireHolds(world.stores.database, { endOverdueHold }, world.clock, 1);
    expect(run.failures).toMatchObject([{ redemptionId: broken }]);
    expect(run.expired).toBe(1);
    await world.expire();
  });

  describe('late', () => {
    it.each(['before', 'after'] as const)(
      'holds again and confirms %s the job has run, while every coupon is free',
      async (when) => {
        const { orderId, couponIds, redemption } = await held(world, 2);
        await world.forward(HOLD_TTL_MS);
        if (when === 'after') await world.expire();
        const confirmed = done(await confirm(orderId));
        expect(confirmed).toMatchObject({
          replayed: false,
          redemption: { id: redemption.id, status: 'CONFIRMED' },
        });
        for (const id of couponIds)
          expect(await world.couponNow(id)).toMatchObject({
            status: 'USED',
            redemptionId: redemption.id,
          });
        expect(done(await confirm(orderId)).replayed).toBe(true);
      },
    );

    it('is refused by name once one coupon is held or used by another order', async () => {
      const { orderId, couponIds } = await held(world, 2);
      await world.forward(HOLD_TTL_MS);
      const other = newOrder();
      const quoteId = (await world.newQuote([couponIds[1]!])).id;
      done(await world.hold.run(orderService, { orderId: other, quoteId }));
      const refusal = {
        ok: false,
        rejection: { code: 'REDEMPTION_EXPIRED', couponId: couponIds[1] },
      };
      expect(await confirm(orderId)).toMatchObject(refusal);
      done(await confirm(other));
      expect(await confirm(orderId)).toMatchObject(refusal);
      expect((await world.couponNow(couponIds[0]!)).status).toBe('UNUSED');
    });

    it('is possible again when the other order let go of the coupon', async () => {
      const { orderId, couponIds } = await held(world);
      await world.forward(HOLD_TTL_MS);
      const other = newOrder();
      const quoteId = (await world.newQuote(couponIds)).id;
      done(await world.hold.run(orderService, { orderId: other, quoteId }));
      await world.forward(HOLD_TTL_MS);
      expect(done(await confirm(orderId)).redemption.status).toBe('CONFIRMED');
      expect(codeOf(await confirm(other))).toBe('REDEMPTION_EXPIRED');
    });

    it('is refused where a coupon expired since', async () => {
      const id = await world.newCoupon('anna', world.clock.nowMs() + HOLD_TTL_MS);
      const orderId = newOrder();
      const quoteId = (await world.newQuote([id])).id;
      done(await world.hold.run(orderService, { orderId, quoteId }));
      await world.forward(HOLD_TTL_MS);
      expect(codeOf(await confirm(orderId))).toBe('REDEMPTION_EXPIRED');
    });

    it('never confirms what was released', async () => {
      const { orderId } = await held(world);
      done(await release(orderId));
      expect(codeOf(await confirm(orderId))).toBe('REDEMPTION_RELEASED');
    });
  });

  it.each([
    ['HELD', 'ok', 'ok', 'ILLEGAL_TRANSITION'],
    ['CONFIRMED', 'replayed', 'REDEMPTION_CONFIRMED', 'ok'],
    ['PARTIALLY_REFUNDED', 'replayed', 'REDEMPTION_CONFIRMED', 'ok'],
    ['REFUNDED', 'REDEMPTION_REFUNDED', 'REDEMPTION_REFUNDED', 'REDEMPTION_REFUNDED'],
    ['RELEASED', 'REDEMPTION_RELEASED', 'replayed', 'REDEMPTION_RELEASED'],
    ['EXPIRED', 'ok', 'REDEMPTION_EXPIRED', 'REDEMPTION_EXPIRED'],
  ])('answers confirm, release and refund of a %s redemption by name', async (status, ...names) => {
    const reach = async (): Promise<string> => {
      const { orderId } = await held(world);
      if (/CONFIRMED|REFUNDED/.test(status)) done(await confirm(orderId));
      if (status === 'PARTIALLY_REFUNDED') done(await refundOne(orderId));
      if (status === 'REFUNDED') done(await refundAll(orderId, 'first'));
      if (status === 'RELEASED') done(await release(orderId));
      if (status === 'EXPIRED') await world.forward(HOLD_TTL_MS);
      return orderId;
    };
    const name = async (result: ReturnType<typeof confirm>): Promise<string> => {
      const answer = await result;
      return answer.ok && answer.value.replayed ? 'replayed' : codeOf(answer);
    };
    const answers = [
      await name(confirm(await reach())),
      await name(release(await reach())),
      await name(refundAll(await reach())),
    ];
    expect(answers).toEqual(names);
  });

  it('finds no redemption for an order that has none', async () => {
    for (const result of [confirm('no-order'), release('no-order'), refundAll('no-order')])
      expect(codeOf(await result)).toBe('REDEMPTION_NOT_FOUND');
  });

  it('writes an audit entry and an event for every step, in its order', async () => {
    const { orderId, couponIds, redemption } = await held(world);
    await world.forward(HOLD_TTL_MS);
    done(await confirm(orderId));
    done(await refundAll(orderId));
    const { readHistory } = await import('../../src/event/read-history.js');
    const story = async (id: string) =>
      (await readHistory(world.stores.database, id)).map(
        ({ actor, action, from, to }) => `${actor}: ${from} ${action} ${to}`,
      );
    expect(await story(couponIds[0]!)).toEqual([
      'order-service: UNUSED HELD HELD',
      'job:expire-holds: HELD RELEASED UNUSED',
      'order-service: UNUSED HELD HELD',
      'order-service: HELD USED USED',
      'order-service: USED REFUNDED UNUSED',
    ]);
    expect(await story(redemption.id)).toEqual([
      'order-service: null HELD HELD',
      'job:expire-holds: HELD EXPIRED EXPIRED',
      'order-service: EXPIRED HELD_AGAIN HELD',
      'order-service: HELD CONFIRMED CONFIRMED',
      'order-service: CONFIRMED REFUNDED REFUNDED',
    ]);
    const events = await world.stores.database.rows(
      'SELECT type FROM outbox WHERE subject_id = ? ORDER BY id',
      [redemption.id],
    );
    expect(events.map((row) => row['type'])).toEqual([
      'redemption.held',
      'redemption.expired',
      'redemption.held_again',
      'redemption.confirmed',
      'redemption.refunded',
    ]);
  });
});
