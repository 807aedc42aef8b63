/** Orders of a gateway's page: their quotes and redemptions, joined by key over HTTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activeTemplate, callerOf, claim } from '../kit/world.js';
import { start, type TestService } from '../kit/service.js';
import { TestClock } from '../kit/test-clock.js';

const ORDERS = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
  ... on Order { discountQuote { id discount { amount } applied { coupon { id template { name } } } }
    redemption { status } } } }`;

interface Entities {
  readonly _entities: readonly {
    readonly discountQuote: {
      readonly id: string;
      readonly discount: { readonly amount: string };
    } | null;
    readonly redemption: { readonly status: string } | null;
  }[];
}

const yuan = (amount: string) => ({ amount, currency: 'CNY' });
const order = (id: string, customerId: string) => ({
  __typename: 'Order',
  id,
  currency: 'CNY',
  customerId,
  lines: [{ id: 'L1', productId: 'P1', categoryIds: [], unitPrice: yuan('150'), quantity: 1 }],
});

describe('the orders of one gateway request', () => {
  let service: TestService;
  let token: string;
  beforeAll(async () => {
    service = await start({ env: { ROLE: 'api' } });
    token = await service.token({ sub: 'orders', scope: 'coupons:redeem' });
  });
  afterAll(() => service.stop());

  const entities = async (representations: readonly unknown[], as = token) =>
    service.query<Entities>(ORDERS, { representations }, as);

  it('are quoted with one statement for all wallets, one for all rules and one for all live holds', async () => {
    const world = { app: service.app, clock: new TestClock() };
    const templates = await Promise.all(
      [1, 2, 3].map(() => activeTemplate(world, { totalCount: 500 })),
    );
    const users = Array.from({ length: 50 }, (_, i) => `buyer-${i}`);
    await Promise.all(users.map((userId, i) => claim(world, templates[i % 3]!.id, userId)));
    const statements: string[] = [];
    const stop = service.stores.database.observe((sql) => statements.push(sql));
    const { data } = await entities(users.map((userId, i) => order(`O-${i}`, userId)));
    stop();
    expect(data?._entities).toHaveLength(50);
    for (const { discountQuote } of data!._entities) {
      expect(discountQuote?.discount.amount).toBe('20.00');
    }
    const count = (part: string) => statements.filter((sql) => sql.includes(part)).length;
    expect(count('FROM coupon')).toBe(1);
    expect(count('FROM template_version')).toBe(1);
    expect(count('live_order_id IN')).toBe(1);
    expect(count('FROM template t')).toBeLessThanOrEqual(1);
  });

  it('show the quote of a stranger to nobody', async () => {
    const stranger = await service.token({ sub: 'mallory' });
    const { data } = await entities([order('O-1', 'buyer-1')], stranger);
    expect(data?._entities).toEqual([{ discountQuote: null, redemption: null }]);
  });

  it('show a redemption once it is held', async () => {
    const { app } = service;
    const request = { couponIds: null, orderId: null, userId: null, atMs: null, currency: 'CNY' };
    const lines = [{ ...order('O-7', 'buyer-7').lines[0]!, lineId: 'L1' }];
    const { quote } = await app.quoteDiscount.run(callerOf('buyer-7'), { ...request, lines });
    await app.redemptions.hold.run(callerOf('buyer-7'), { orderId: 'O-7', quoteId: quote.id });
    const { data } = await entities([order('O-7', 'buyer-7')]);
    expect(data?._entities[0]).toMatchObject({
      redemption: { status: 'HELD' },
      discountQuote: { id: quote.id },
    });
  });

  it('fail one by one where a representation is not an order, naming the field', async () => {
    const broken = { ...order('O-8', 'buyer-8'), lines: [{ id: 'L1' }] };
    const { data, errors } = await entities([broken, order('O-9', 'buyer-9')]);
    expect(data?._entities[0]?.discountQuote).toBeNull();
    expect(data?._entities[1]?.discountQuote).not.toBeNull();
    expect(errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT', field: 'order.lines[0].productId' } },
    ]);
  });
});
