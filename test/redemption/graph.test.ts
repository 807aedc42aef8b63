/** A redemption through GraphQL, from the quote to the last refund, as a caller reads it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedCoupon, seedTemplate } from '../kit/seed.js';
import { start, type TestService } from '../kit/service.js';

const REDEMPTION = `id status order { id } discount { amount currency } refunded { amount } heldUntil
  createdAt updatedAt coupons { id status order { id } discount { amount } }
  lines { lineId quantity subtotal { amount } discount { amount } payable { amount }
    refundedQuantity refundedDiscount { amount } refundedPayable { amount } }`;
const verb = (
  name: string,
  input: string,
) => `mutation ($input: ${input}!) { ${name}(input: $input) {
  __typename ... on RedemptionDone { replayed redemption { ${REDEMPTION} } }
  ... on Rejection { code message retryable couponId } } }`;
const HOLD = verb('holdCoupons', 'HoldCouponsInput');
const REDEEM = verb('redeemCoupons', 'HoldCouponsInput');
const CONFIRM = verb('confirmRedemption', 'ConfirmRedemptionInput');
const RELEASE = verb('releaseRedemption', 'ReleaseRedemptionInput');
const REFUND = verb('refundRedemption', 'RefundRedemptionInput');
const ASK = `query ($input: QuoteDiscountInput!) { quoteDiscount(input: $input) {
  id discount { amount } } }`;
const READ = `query ($orderId: ID!) { redemption(orderId: $orderId) { ${REDEMPTION} } }`;
const ENTITY = `query ($of: [_Any!]!) { _entities(representations: $of) {
  ... on Order { id redemption { id status } } } }`;

type Told = Record<string, Record<string, unknown> & { redemption: Record<string, unknown> }>;

describe('a redemption in the graph', () => {
  let service: TestService;
  let templateId: string;
  let shop: string;
  let anna: string;
  let bert: string;
  beforeAll(async () => {
    service = await start();
    templateId = (await seedTemplate(service.stores.database)).id;
    shop = await service.token({ sub: 'order-service', scope: 'coupons:redeem' });
    anna = await service.token({ sub: 'anna' });
    bert = await service.token({ sub: 'bert' });
  });
  afterAll(() => service.stop());

  const tell = async (document: string, input: object, token = shop) => {
    const { data, errors } = await service.query<Told>(document, { input }, token);
    expect(errors).toEqual([]);
    return Object.values(data!)[0]!;
  };
  const line = (lineId: string, amount: string, quantity: number) => ({
    lineId,
    productId: 'p',
    categoryIds: [],
    unitPrice: { amount, currency: 'CNY' },
    quantity,
  });
  const quoted = async () => {
    const couponId = await seedCoupon(service.stores.database, { templateId, userId: 'anna' });
    const input = {
      currency: 'CNY',
      lines: [line('a', '33.33', 3), line('b', '50.00', 2)],
      couponIds: [couponId],
    };
    const quote = (await tell(ASK, input, anna)) as unknown as { id: string };
    return { couponId, quoteId: quote.id };
  };

  it('is held, confirmed and refunded to the cent', async () => {
    const { couponId, quoteId } = await quoted();
    const orderId = 'graph-1';
    const held = await tell(HOLD, { orderId, quoteId });
    expect(held).toMatchObject({
      __typename: 'RedemptionDone',
      replayed: false,
      redemption: {
        status: 'HELD',
        order: { id: orderId },
        discount: { amount: '10.00', currency: 'CNY' },
        refunded: { amount: '0.00' },
        heldUntil: expect.stringMatching(/Z$/),
        coupons: [{ id: couponId, status: 'HELD', order: { id: orderId }, discount: null }],
        lines: [
          { lineId: 'a', quantity: 3, subtotal: { amount: '99.99' }, discount: { amount: '5.00' } },
          { lineId: 'b', quantity: 2, payable: { amount: '95.00' } },
        ],
      },
    });
    expect(await tell(HOLD, { orderId, quoteId })).toEqual({ ...held, replayed: true });
    expect(await tell(CONFIRM, { orderId })).toMatchObject({
      redemption: {
        status: 'CONFIRMED',
        heldUntil: null,
        coupons: [{ status: 'USED', discount: { amount: '10.00' } }],
      },
    });
    const part = { orderId, lines: [{ lineId: 'a', quantity: 1 }], idempotencyKey: 'k1' };
    expect(await tell(REFUND, part)).toMatchObject({
      redemption: {
        status: 'PARTIALLY_REFUNDED',
        refunded: { amount: '1.67' },
        lines: [
          {
            refundedQuantity: 1,
            refundedDiscount: { amount: '1.67' },
            refundedPayable: { amount: '31.66' },
          },
          { refundedQuantity: 0, refundedPayable: { amount: '0.00' } },
        ],
      },
    });
    expect(await tell(REFUND, { orderId, idempotencyKey: 'k2' })).toMatchObject({
      redemption: {
        status: 'REFUNDED',
        refunded: { amount: '10.00' },
        lines: [{ refundedPayable: { amount: '94.99' } }, { refundedPayable: { amount: '95.00' } }],
        coupons: [{ id: couponId, status: 'UNUSED', order: null, discount: null }],
      },
    });
  });

  it('refuses as data, in the language of the caller, with the coupon at fault', async () => {
    const { couponId, quoteId } = await quoted();
    await tell(REDEEM, { orderId: 'graph-2', quoteId });
    expect(await tell(HOLD, { orderId: 'graph-3', quoteId })).toEqual({
      __typename: 'Rejection',
      code: 'QUOTE_STALE',
      message: expect.any(String),
      retryable: false,
      couponId,
    });
    expect(await tell(RELEASE, { orderId: 'graph-2' })).toMatchObject({
      code: 'REDEMPTION_CONFIRMED',
    });
    expect(await tell(CONFIRM, { orderId: 'graph-2' }, bert)).toMatchObject({
      code: 'REDEMPTION_NOT_FOUND',
    });
  });

  it('is joined to its order, for its owner and the order service only', async () => {
    const { quoteId } = await quoted();
    const orderId = 'graph-4';
    const { redemption } = await tell(HOLD, { orderId, quoteId }, anna);
    const of = [{ __typename: 'Order', id: orderId }];
    for (const token of [shop, anna]) {
      const read = await service.query(READ, { orderId }, token);
      expect(read.data).toEqual({ redemption });
      const joined = await service.query(ENTITY, { of }, token);
      const expected = { id: orderId, redemption: { id: redemption['id'], status: 'HELD' } };
      expect(joined.data).toEqual({ _entities: [expected] });
    }
    expect((await service.query(READ, { orderId }, bert)).data).toEqual({ redemption: null });
    expect((await service.query(ENTITY, { of }, bert)).data).toEqual({
      _entities: [{ id: orderId, redemption: null }],
    });
    expect((await service.query(READ, { orderId })).errors[0]!.extensions.code).toBe(
      'UNAUTHENTICATED',
    );
  });

  it('names the field of malformed input', async () => {
    const { errors } = await service.query(
      REFUND,
      {
        input: {
          orderId: 'graph-1',
          lines: [{ lineId: 'a', quantity: 0 }],
          idempotencyKey: 'k',
        },
      },
      shop,
    );
    expect(errors[0]!.message).toContain('input.lines[0].quantity');
  });
});
