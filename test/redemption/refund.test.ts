import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callerOf, orderService } from '../kit/seed.js';
import { codeOf, done, held, openWorld, type World } from './world.js';

describe('refunds', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(async () => {
    expect(await world.verify()).toEqual([]);
    await world.stores.close();
  });

  let keys = 0;
  const refund = (
    orderId: string,
    units: Readonly<Record<string, number>> | null,
    idempotencyKey = `key-${(keys += 1)}`,
    reason: string | null = null,
  ) =>
    world.refund.run(orderService, {
      orderId,
      lines: units && Object.entries(units).map(([lineId, quantity]) => ({ lineId, quantity })),
      reason,
      idempotencyKey,
    });
  const confirmed = async (couponCount = 1) => {
    const order = await held(world, couponCount);
    done(await world.confirm.run(orderService, order.orderId));
    return order;
  };

  it('takes back the shares of the refunded units, first units first', async () => {
    // 10.00 off 199.99: 99.99 of l1 (3 units) carries 5.00, so its units carry 1.67, 1.67 and 1.66.
    const { orderId, couponIds } = await confirmed();
    const first = done(await refund(orderId, { l1: 1 })).redemption;
    expect(first).toMatchObject({ status: 'PARTIALLY_REFUNDED', refundedMinor: 167 });
    expect(first.lines[0]).toMatchObject({ refundedQuantity: 1, refundedMinor: 167 });
    const second = done(await refund(orderId, { l1: 2, l2: 1 })).redemption;
    expect(second.refundedMinor).toBe(167 + 167 + 166 + 250);
    expect((await world.couponNow(couponIds[0]!)).status).toBe('USED');
    const last = done(await refund(orderId, null)).redemption;
    expect(last).toMatchObject({ status: 'REFUNDED', refundedMinor: 1_000 });
    expect(await world.couponNow(couponIds[0]!)).toMatchObject({
      status: 'UNUSED',
      redemptionId: null,
      orderId: null,
      usedAtMs: null,
      discountMinor: null,
    });
  });

  it('gives the coupons back only with the last unit, undiscounted lines included', async () => {
    const lines = [
      { lineId: 'a', unitPriceMinor: 5_000, quantity: 1 },
      { lineId: 'b', unitPriceMinor: 0, quantity: 2 },
    ];
    const { orderId, couponIds } = await held(world, 2, { lines });
    done(await world.confirm.run(orderService, orderId));
    const most = done(await refund(orderId, { a: 1, b: 1 })).redemption;
    expect(most).toMatchObject({ status: 'PARTIALLY_REFUNDED', refundedMinor: 2_000 });
    for (const id of couponIds) expect((await world.couponNow(id)).status).toBe('USED');
    expect(done(await refund(orderId, { b: 1 })).redemption.status).toBe('REFUNDED');
    for (const id of couponIds) expect((await world.couponNow(id)).status).toBe('UNUSED');
  });

  it('lets a coupon that came back be held by another order, while the first keeps its record', async () => {
    const { orderId, couponIds, redemption } = await confirmed();
    done(await refund(orderId, null));
    const quoteId = (await world.newQuote(couponIds)).id;
    done(await world.hold.run(orderService, { orderId: `${orderId}-next`, quoteId }));
    const first = await world.read.byOrder(orderService, orderId);
    expect(first).toMatchObject({ id: redemption.id, status: 'REFUNDED' });
    expect(first!.coupons.map(({ couponId }) => couponId)).toEqual(couponIds);
  });

  it('answers the same key with the same input again, and takes nothing twice', async () => {
    const { orderId } = await confirmed();
    const first = done(await refund(orderId, { l1: 1, l2: 1 }, 'same'));
    expect(first.replayed).toBe(false);
    const again = done(await refund(orderId, { l2: 1, l1: 1 }, 'same'));
    expect(again).toEqual({ redemption: first.redemption, replayed: true });
    done(await refund(orderId, null, 'rest'));
    expect(done(await refund(orderId, { l1: 1, l2: 1 }, 'same')).replayed).toBe(true);
    expect(done(await refund(orderId, null, 'rest')).redemption.refundedMinor).toBe(1_000);
  });

  it('refuses the same key with another input', async () => {
    const { orderId } = await confirmed();
    done(await refund(orderId, { l1: 1 }, 'k', 'broken'));
    for (const other of [
      refund(orderId, { l1: 2 }, 'k', 'broken'),
      refund(orderId, { l2: 1 }, 'k', 'broken'),
      refund(orderId, null, 'k', 'broken'),
      refund(orderId, { l1: 1 }, 'k', null),
      refund(orderId, { l1: 1 }, 'k', 'late'),
    ])
      expect(codeOf(await other)).toBe('IDEMPOTENCY_CONFLICT');
    expect((await world.read.byOrder(orderService, orderId))!.refundedMinor).toBe(167);
  });

  it("keeps two callers' equal keys apart", async () => {
    const { orderId } = await confirmed();
    const request = {
      orderId,
      lines: [{ lineId: 'l1', quantity: 1 }],
      reason: null,
      idempotencyKey: 'equal',
    };
    done(await world.refund.run(orderService, request));
    const other = done(await world.refund.run(callerOf('anna'), request));
    expect(other).toMatchObject({ replayed: false, redemption: { refundedMinor: 334 } });
  });

  it('refuses more units than are left, and takes nothing', async () => {
    const { orderId } = await confirmed();
    done(await refund(orderId, { l1: 2 }));
    expect(codeOf(await refund(orderId, { l1: 2, l2: 1 }))).toBe('REFUND_EXCEEDS_ORDER');
    expect((await world.read.byOrder(orderService, orderId))!.refundedMinor).toBe(334);
  });

  it('names what is wrong in the request', async () => {
    const { orderId } = await confirmed();
    const lines = (...wanted: [string, number][]) =>
      world.refund.run(orderService, {
        orderId,
        lines: wanted.map(([lineId, quantity]) => ({ lineId, quantity })),
        reason: null,
        idempotencyKey: 'wrong',
      });
    await expect(lines(['l1', 1], ['nope', 1])).rejects.toMatchObject({
      field: 'input.lines[1].lineId',
    });
    await expect(lines(['l1', 1], ['l1', 1])).rejects.toMatchObject({
      field: 'input.lines[1].lineId',
    });
    await expect(lines(['l1', 0])).rejects.toMatchObject({ field: 'input.lines[0].quantity' });
    await expect(lines(['l1', -1])).rejects.toMatchObject({ field: 'input.lines[0].quantity' });
    await expect(lines()).rejects.toMatchObject({ field: 'input.lines' });
    await expect(refund(orderId, null, '')).rejects.toMatchObject({
      field: 'input.idempotencyKey',
    });
    await expect(refund(orderId, null, 'x'.repeat(256))).rejects.toMatchObject({
      field: 'input.idempotencyKey',
    });
    await expect(refund(orderId, null, 'k', 'x'.repeat(501))).rejects.toMatchObject({
      field: 'input.reason',
    });
    expect((await world.read.byOrder(orderService, orderId))!.status).toBe('CONFIRMED');
  });

  it('refunds an order that had no discount', async () => {
    const { orderId } = await confirmed(0);
    expect(done(await refund(orderId, { l1: 3 })).redemption.status).toBe('PARTIALLY_REFUNDED');
    expect(done(await refund(orderId, { l2: 2 })).redemption).toMatchObject({
      status: 'REFUNDED',
      refundedMinor: 0,
    });
  });
});
