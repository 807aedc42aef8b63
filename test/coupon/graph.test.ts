/** Coupons and wallets through GraphQL: what each caller sees of one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start, type TestService } from '../kit/service.js';
import { seedCoupon, seedTemplate } from '../kit/seed.js';

const COUPON = `{ id code status channel claimedAt validFrom expiresAt usedAt template { id version }
  owner { id } order { id } faceValue { amount } discount { amount currency } }`;

describe('a coupon in the graph', () => {
  let service: TestService;
  let templateId: string;
  let tokens: Record<'owner' | 'eve' | 'admin' | 'shop', string>;
  beforeAll(async () => {
    service = await start({ env: { ROLE: 'api' } });
    ({ id: templateId } = await seedTemplate(service.stores.database));
    tokens = {
      owner: await service.token({ sub: 'anna' }),
      eve: await service.token({ sub: 'eve' }),
      admin: await service.token({ sub: 'olga', scope: 'coupons:admin' }),
      shop: await service.token({ sub: 'shop', scope: 'coupons:redeem' }),
    };
  });
  afterAll(() => service.stop());

  const seed = (expiresAtMs = Date.now() + 3_600_000) =>
    seedCoupon(service.stores.database, { templateId, userId: 'anna', expiresAtMs });
  const set = (id: string, assignments: string) =>
    service.stores.database.transaction((sql) =>
      sql.change(`UPDATE coupon SET ${assignments} WHERE id = ?`, [id]),
    );
  const read = async (id: string, token: string) => {
    const query = `query ($id: ID!) { coupon(id: $id) ${COUPON} }`;
    const { data, errors } = await service.query<{ coupon: { code: string } | null }>(
      query,
      { id },
      token,
    );
    expect(errors).toEqual([]);
    return data!.coupon;
  };

  it('is whole for its owner and for operators, and has its code masked for the order service', async () => {
    const id = await seed();
    const own = await read(id, tokens.owner);
    expect(own).toMatchObject({
      id,
      code: expect.stringMatching(/^[0-9A-Z]{16}$/) as string,
      status: 'UNUSED',
      template: { id: templateId, version: 1 },
      owner: { id: 'anna' },
      order: null,
      usedAt: null,
      faceValue: null,
      discount: null,
    });
    expect(await read(id, tokens.admin)).toEqual(own);
    const masked = `************${own!.code.slice(-4)}`;
    expect(await read(id, tokens.shop)).toEqual({ ...own, code: masked });
    expect(await read(id, tokens.eve)).toBeNull();
  });

  it('names its order and what it took off only while it is held or used', async () => {
    const id = await seed();
    const ties = "order_id = 'o-1', discount_minor = 1234, used_at = '2026-01-02 03:04:05.678'";
    await set(id, `status = 'USED', face_value_minor = 888, ${ties}`);
    expect(await read(id, tokens.owner)).toMatchObject({
      status: 'USED',
      order: { id: 'o-1' },
      discount: { amount: '12.34', currency: 'CNY' },
      faceValue: { amount: '8.88' },
      usedAt: '2026-01-02T03:04:05.678Z',
    });
    await set(id, "status = 'HELD', held_until = '2099-01-01', used_at = NULL");
    expect(await read(id, tokens.owner)).toMatchObject({ order: { id: 'o-1' }, discount: null });
    await set(id, "held_until = '2020-01-01'");
    expect(await read(id, tokens.owner)).toMatchObject({ status: 'UNUSED', order: null });
    await set(id, "expires_at = '2020-01-01'");
    expect(await read(id, tokens.owner)).toMatchObject({ status: 'EXPIRED', order: null });
  });

  it('keeps its history for operators, from the claim on', async () => {
    const id = await seed();
    const freeze = `mutation ($input: CouponActionInput!) { freezeCoupon(input: $input) {
      ... on CouponChanged { coupon { status } } ... on Rejection { code } } }`;
    const frozen = await service.query(freeze, { input: { id, reason: 'asked' } }, tokens.admin);
    expect(frozen.data).toEqual({ freezeCoupon: { coupon: { status: 'FROZEN' } } });
    const query = `query ($id: ID!) { coupon(id: $id) { history { actor action from to details } } }`;
    const { data } = await service.query(query, { id }, tokens.admin);
    expect(data).toEqual({
      coupon: {
        history: [
          { actor: 'anna', action: 'CLAIMED', from: null, to: 'UNUSED', details: null },
          {
            actor: 'olga',
            action: 'FROZEN',
            from: 'UNUSED',
            to: 'FROZEN',
            details: { userId: 'anna', reason: 'asked' },
          },
        ],
      },
    });
    const refused = await service.query(query, { id }, tokens.owner);
    expect(refused).toMatchObject({
      data: { coupon: { history: null } },
      errors: [{ extensions: { code: 'FORBIDDEN' } }],
    });
  });

  it('is in the wallet, by status, in pages, and counted only where somebody asks', async () => {
    const statements: string[] = [];
    const stop = service.stores.database.observe((sql) => statements.push(sql));
    const page = `query ($after: String) { myCoupons(status: [UNUSED], first: 1, after: $after) {
      nodes { id } pageInfo { hasNextPage hasPreviousPage endCursor } } }`;
    interface Wallet {
      readonly myCoupons: { readonly pageInfo: { readonly endCursor: string } };
    }
    const newest = await seed();
    statements.length = 0;
    const first = await service.query<Wallet>(page, {}, tokens.owner);
    expect(first.data).toMatchObject({ myCoupons: { nodes: [{ id: newest }] } });
    expect(statements).toHaveLength(1);
    stop();
    const { endCursor } = first.data!.myCoupons.pageInfo;
    const second = await service.query(page, { after: endCursor }, tokens.owner);
    expect(second.data).toMatchObject({ myCoupons: { pageInfo: { hasPreviousPage: true } } });
    const count = '{ myCoupons(first: 0) { totalCount edges { cursor } } }';
    const counted = await service.query<{ myCoupons: { totalCount: number } }>(
      count,
      {},
      tokens.owner,
    );
    expect(counted.data!.myCoupons).toMatchObject({ edges: [] });
    expect(counted.data!.myCoupons.totalCount).toBeGreaterThanOrEqual(3);
    const empty = await service.query(count, {}, tokens.eve);
    expect(empty.data).toEqual({ myCoupons: { totalCount: 0, edges: [] } });
  });
});
