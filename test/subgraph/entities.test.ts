/** `_entities`: the door behind the guards of queries. Who gets what there, for how many statements. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENTITY_REPRESENTATIONS_MAX } from '../../src/config/limits.js';
import { newId } from '../../src/kernel/ids.js';
import { QuoteStore } from '../../src/quote/quote-store.js';
import { systemClock } from '../../src/kernel/clock.js';
import { makeQuote, seedCoupon, seedCoupons, seedTemplate } from '../kit/seed.js';
import { openHttp, type Http } from './http.js';

const ENTITIES = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
  __typename
  ... on Coupon { id code status template { id } }
  ... on Template { id version }
  ... on DiscountQuote { id payable { amount } }
  ... on User { id coupons { totalCount nodes { id } } } } }`;

describe('_entities', () => {
  let http: Http;
  let templateId: string;
  const tokens = { anonymous: '', stranger: '', owner: '', operator: '', shop: '' };
  beforeAll(async () => {
    http = await openHttp();
    ({ id: templateId } = await seedTemplate(http.stores.database));
    tokens.stranger = await http.token({ sub: 'eve' });
    tokens.owner = await http.token({ sub: 'anna' });
    tokens.operator = await http.token({ sub: 'olga', scope: 'coupons:admin' });
    tokens.shop = await http.token({ sub: 'shop', scope: 'coupons:redeem' });
  });
  afterAll(() => http.close());

  const ask = (representations: readonly unknown[], token: string, query = ENTITIES) =>
    http.ask(query, { representations }, token);
  const entities = async (representations: readonly unknown[], token: string) => {
    const { data, errors } = await ask(representations, token);
    expect(errors).toEqual([]);
    return data!['_entities'] as readonly (Record<string, unknown> | null)[];
  };
  const statementsOf = async (work: () => Promise<unknown>): Promise<string[]> => {
    const statements: string[] = [];
    const stop = http.stores.database.observe((sql) => statements.push(sql));
    await work();
    stop();
    return statements;
  };
  const seed = (userId = 'anna') => seedCoupon(http.stores.database, { templateId, userId });

  it('give a coupon to its owner, operators and the order service, and nothing to anybody else', async () => {
    const id = await seed();
    const asked = [{ __typename: 'Coupon', id }];
    expect(await entities(asked, tokens.anonymous)).toEqual([null]);
    expect(await entities(asked, tokens.stranger)).toEqual([null]);
    const [own] = await entities(asked, tokens.owner);
    expect(own).toMatchObject({ id, status: 'UNUSED', template: { id: templateId } });
    expect(own!['code']).toMatch(/^[0-9A-Z]{16}$/);
    expect(await entities(asked, tokens.operator)).toEqual([own]);
    expect(await entities(asked, tokens.shop)).toEqual([
      { ...own, code: expect.stringMatching(/^\*{12}/) as string },
    ]);
  });

  it('give a quote to its owner, operators and the order service, and nothing to anybody else', async () => {
    const quotes = new QuoteStore(http.stores.database, http.stores.redis, systemClock);
    const couponId = await seed();
    const made = await makeQuote(quotes, {
      userId: 'anna',
      coupons: [{ couponId, discountMinor: 1_000 }],
    });
    const id = made.id.slice(0, 22);
    await quotes.save({ ...made, id });
    const asked = [{ __typename: 'DiscountQuote', id }];
    for (const token of [tokens.anonymous, tokens.stranger])
      expect(await entities(asked, token)).toEqual([null]);
    for (const token of [tokens.owner, tokens.operator, tokens.shop])
      expect(await entities(asked, token)).toMatchObject([{ id, payable: { amount: '189.99' } }]);
  });

  it('give a template to a caller without a token only while anybody may claim it', async () => {
    const { database } = http.stores;
    const made = {
      open: await seedTemplate(database),
      soon: await seedTemplate(database, { claimFromMs: Date.now() + 3_600_000 }),
      over: await seedTemplate(database, { claimUntilMs: Date.now() - 1 }),
      granted: await seedTemplate(database, { claimMethod: 'GRANT_ONLY' }),
      draft: await seedTemplate(database),
    };
    await database.transaction((sql) =>
      sql.change("UPDATE template SET status = 'DRAFT' WHERE id = ?", [made.draft.id]),
    );
    const asked = Object.values(made).map(({ id }) => ({ __typename: 'Template', id }));
    const seen = async (token: string) => {
      const found = await entities(asked, token);
      return Object.keys(made).filter((_name, index) => found[index] !== null);
    };
    expect(await seen(tokens.anonymous)).toEqual(['open']);
    expect(await seen(tokens.stranger)).toEqual(['open', 'soon', 'over', 'granted']);
    expect(await seen(tokens.operator)).toEqual(Object.keys(made));
  });

  it('open a wallet to its owner and operators, and say to others that it is not theirs', async () => {
    const id = await seed('otto');
    const asked = [{ __typename: 'User', id: 'otto' }];
    const owner = await http.token({ sub: 'otto' });
    for (const token of [owner, tokens.operator, tokens.shop])
      expect(await entities(asked, token)).toMatchObject([
        { coupons: { totalCount: 1, nodes: [{ id }] } },
      ]);
    for (const [token, code] of [
      [tokens.anonymous, 'UNAUTHENTICATED'],
      [tokens.stranger, 'FORBIDDEN'],
    ] as const) {
      const { data, errors, text } = await ask(asked, token);
      expect(errors[0]?.extensions.code).toBe(code);
      expect(data?.['_entities'] ?? [null]).toEqual([null]);
      expect(text).not.toContain(id);
    }
    const padded = await ask([{ __typename: 'User', id: 'otto ' }], tokens.operator);
    expect(padded.errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'id' });
  });

  it('answer fifty coupons and their templates with one statement each', async () => {
    const { database } = http.stores;
    const templates = await Promise.all(Array.from({ length: 50 }, () => seedTemplate(database)));
    const ids = await seedCoupons(
      database,
      templates.map(({ id }) => ({
        templateId: id,
        userId: 'anna',
        expiresAtMs: Date.now() + 1e6,
      })),
    );
    const asked = ids.map((id) => ({ __typename: 'Coupon', id }));
    let found: readonly unknown[] = [];
    const statements = await statementsOf(async () => {
      found = await entities(asked, tokens.owner);
    });
    expect(found).toMatchObject(ids.map((id, i) => ({ id, template: { id: templates[i]!.id } })));
    expect(statements.filter((sql) => sql.includes('FROM coupon'))).toHaveLength(1);
    expect(statements.filter((sql) => sql.includes('FROM template'))).toHaveLength(1);
    expect(statements).toHaveLength(2);
  });

  it('answer as many coupons as one request may name with one statement', async () => {
    const expiresAtMs = Date.now() + 1e6;
    const ids = await seedCoupons(
      http.stores.database,
      Array.from({ length: ENTITY_REPRESENTATIONS_MAX }, () => ({
        templateId,
        userId: 'anna',
        expiresAtMs,
      })),
    );
    const query = ENTITIES.replace('template { id }', '');
    const asked = ids.map((id) => ({ __typename: 'Coupon', id }));
    let found: unknown;
    const statements = await statementsOf(async () => {
      found = (await ask(asked, tokens.owner, query)).data?.['_entities'];
    });
    expect(found).toMatchObject(ids.map((id) => ({ id })));
    expect(statements).toHaveLength(1);
  });

  it('answer a mixed list with one statement a type, each at its place, the same one twice', async () => {
    const { database } = http.stores;
    const templates = await Promise.all([seedTemplate(database), seedTemplate(database)]);
    const coupons = [await seed(), await seed()];
    const asked = [
      { __typename: 'Template', id: templates[0].id },
      { __typename: 'Coupon', id: coupons[0] },
      { __typename: 'Coupon', id: newId(1) },
      { __typename: 'Template', id: templates[1].id },
      { __typename: 'Coupon', id: coupons[1] },
      { __typename: 'Coupon', id: coupons[0] },
      { __typename: 'Template', id: 'not an id' },
    ];
    const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
      __typename ... on Coupon { id } ... on Template { id } } }`;
    let reply: unknown;
    const statements = await statementsOf(async () => {
      reply = (await ask(asked, tokens.operator, query)).data?.['_entities'];
    });
    const expected = asked.map((one, i) => ([2, 6].includes(i) ? null : one));
    expect(reply).toEqual(expected);
    // The third asks the archive for the coupon that is nowhere.
    expect(statements).toHaveLength(3);
    expect(statements.filter((sql) => sql.includes('coupon_archive'))).toHaveLength(1);
  });

  it('take 100 representations and refuse 101', async () => {
    const asked = Array.from({ length: 101 }, () => ({ __typename: 'Coupon', id: newId(1) }));
    expect((await entities(asked.slice(1), tokens.owner)).length).toBe(100);
    const statements = await statementsOf(async () => {
      const { errors } = await ask(asked, tokens.owner);
      expect(errors[0]).toMatchObject({
        message: 'representations: must have at most 100 entries',
        extensions: { code: 'BAD_USER_INPUT', field: 'representations' },
      });
    });
    expect(statements).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['a type that is not ours', { __typename: 'Payment', id: 'x' }, '__typename'],
    ['a type without a key', { __typename: 'Redemption', id: 'x' }, '__typename'],
    ['a name every object has', { __typename: 'constructor', id: 'x' }, '__typename'],
    ['no type', { id: 'x' }, '__typename'],
    ['a text', 'Coupon', '__typename'],
    ['a number', 5, '__typename'],
    ['a list', [[]], '__typename'],
    ['no key', { __typename: 'Coupon' }, 'id'],
    ['a key that is a number', { __typename: 'Coupon', id: 5 }, 'id'],
    ['a key that is an object', { __typename: 'Coupon', id: { $ne: null } }, 'id'],
    ['a key that is null', { __typename: 'User', id: null }, 'id'],
  ])('refuse %s and echo nothing of it', async (_what, representation, field) => {
    const { errors, text, status } = await ask([representation], tokens.owner);
    expect(status).toBeLessThan(500);
    expect(errors[0]).toMatchObject({
      extensions: { code: 'BAD_USER_INPUT', field: `representations[0].${field}` },
    });
    expect(text).not.toMatch(/Payment|constructor|resolveReference|node_modules| at /);
  });

  it('answer a key that cannot be one with nothing, without a statement', async () => {
    const ids = ['', ' ', "' OR 1=1 --", '🎟️', 'x'.repeat(10_000), '../../etc/passwd'];
    for (const __typename of ['Coupon', 'Template', 'DiscountQuote']) {
      const statements = await statementsOf(async () => {
        const found = await entities(
          ids.map((id) => ({ __typename, id })),
          tokens.operator,
        );
        expect(found).toEqual(ids.map(() => null));
      });
      expect(statements).toEqual([]);
    }
  });

  it('do not fail for the one that may not be seen', async () => {
    const [mine, foreign] = [await seed(), await seed('otto')];
    const asked = [foreign, mine].map((id) => ({ __typename: 'Coupon', id }));
    expect(await entities(asked, tokens.owner)).toMatchObject([null, { id: mine }]);
  });
});

describe('_entities, asked by a proven router', () => {
  it('take 1,000 representations and refuse 1,001', async () => {
    const secret = 'the-routers-secret-of-this-very-test';
    const http = await openHttp({ ROUTER_SECRETS: secret });
    const asked = Array.from({ length: 1_001 }, () => ({ __typename: 'Coupon', id: newId(1) }));
    const ask = (representations: readonly unknown[]) =>
      http.askAsRouter(
        secret,
        `query ($representations: [_Any!]!) {
          _entities(representations: $representations) { ... on Coupon { id code } } }`,
        { representations },
      );
    const { data } = await ask(asked.slice(1));
    expect(data!['_entities']).toHaveLength(1_000);
    expect((await ask(asked)).errors[0]!.message).toContain('at most 1000 entries');
    await http.close();
  });
});
