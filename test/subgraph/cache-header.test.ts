/** For how long an answer may be kept: what the header says, and that it never says more than Apollo would. */
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginCacheControl } from '@apollo/server/plugin/cacheControl';
import fc from 'fast-check';
import { getOperationAST, OperationTypeNode, parse, validate, type GraphQLSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cachePolicyOf, type CachePolicy } from '../../src/subgraph/cache-policy.js';
import { seedCoupon, seedTemplate } from '../kit/seed.js';
import { randomDocument } from './engines/random-document.js';
import { schemaWithRandomResolvers, type Seeded } from './engines/random-resolvers.js';
import { openHttp, type Http } from './http.js';

const CLAIMABLE =
  '{ claimableTemplates { pageInfo { hasNextPage } nodes { id name scope { includeProducts } } } }';
const ENTITIES = (fragment: string) =>
  `query ($r: [_Any!]!) { _entities(representations: $r) { __typename ${fragment} } }`;

describe('the header Cache-Control', () => {
  let http: Http;
  let templateId: string;
  let couponId: string;
  let anna: string;
  beforeAll(async () => {
    http = await openHttp();
    ({ id: templateId } = await seedTemplate(http.stores.database));
    couponId = await seedCoupon(http.stores.database, { templateId, userId: 'anna' });
    anna = await http.token({ sub: 'anna' });
  });
  afterAll(() => http.close());

  const headersOf = async (query: string, variables: object = {}, token = '') => {
    const authorization = token === '' ? {} : { authorization: `Bearer ${token}` };
    return (await http.post({ query, variables }, authorization)).headers;
  };
  const kept = async (...asked: Parameters<typeof headersOf>) =>
    (await headersOf(...asked))['cache-control'];

  it('lets anybody keep what may be claimed, as long as nobody showed who he is', async () => {
    // Often enough that it is interpreted and compiled.
    for (let i = 0; i < 5; i += 1) {
      expect(await kept(CLAIMABLE)).toBe('max-age=5, public');
      expect(await kept(CLAIMABLE, {}, anna)).toBe('max-age=5, private');
    }
    expect((await headersOf(CLAIMABLE)).vary).toBe('authorization, accept-language');
  });

  it('lets what is left of a template be kept for a second', async () => {
    const withStock = CLAIMABLE.replace('name', 'name remainingCount');
    expect(await kept(withStock)).toBe('max-age=1, public');
    const byFragment = `${CLAIMABLE.replace('name', '...Stock')} fragment Stock on Template { remainingCount }`;
    expect(await kept(byFragment)).toBe('max-age=1, public');
    const inline = CLAIMABLE.replace(
      'name',
      '... on Template @include(if: true) { remainingCount }',
    );
    expect(await kept(inline)).toBe('max-age=1, public');
  });

  it('lets a template be kept by whoever asked for it, by id and by key', async () => {
    const byId = 'query ($id: ID!) { template(id: $id) { id names { name } } }';
    expect(await kept(byId, { id: templateId }, anna)).toBe('max-age=5, private');
    const template = { r: [{ __typename: 'Template', id: templateId }] };
    expect(await kept(ENTITIES('... on Template { id }'), template)).toBe('max-age=5, public');
    expect(await kept(ENTITIES('... on Template { id }'), template, anna)).toBe(
      'max-age=5, private',
    );
  });

  it.each([
    ['a wallet', '{ myCoupons { nodes { id } } }'],
    ['a wallet beside templates', `{ myCoupons { totalCount } ${CLAIMABLE.slice(1)}`],
    ['nothing but a type name', '{ __typename }'],
    ['the schema', '{ __schema { queryType { name } } }'],
    [
      'a template with its history',
      '{ template(id: "x") { id share { maxAcceptances } history { at } } }',
    ],
  ])('lets nobody keep %s', async (_what, query) => {
    expect(await kept(query, {}, anna)).toBe('no-store');
  });

  it('lets nobody keep a coupon, by id or by key', async () => {
    const byId = 'query ($id: ID!) { coupon(id: $id) { id } }';
    expect(await kept(byId, { id: couponId }, anna)).toBe('no-store');
    const coupon = { r: [{ __typename: 'Coupon', id: couponId }] };
    expect(await kept(ENTITIES('... on Coupon { id }'), coupon, anna)).toBe('no-store');
    expect(await kept(ENTITIES('... on Template { id } ... on Coupon { id }'), coupon, anna)).toBe(
      'no-store',
    );
    const user = { r: [{ __typename: 'User', id: 'anna' }] };
    expect(await kept(ENTITIES('... on User { id coupons { totalCount } }'), user, anna)).toBe(
      'no-store',
    );
  });

  it('lets nobody keep what failed, in a part or whole', async () => {
    const halfFailed = `{ myCoupons { totalCount } ${CLAIMABLE.slice(1)}`;
    for (const query of [halfFailed, '{ noSuchField }', '{'])
      expect(await kept(query)).toBe('no-store');
    const subStocks = CLAIMABLE.replace('name', 'subStocks');
    expect((await http.ask(subStocks)).errors).toHaveLength(1);
    expect(await kept(subStocks)).toBe('no-store');
  });

  it('is not there on mutations', async () => {
    const claim = 'mutation ($i: ClaimCouponInput!) { claimCoupon(input: $i) { __typename } }';
    const i = { templateId, idempotencyKey: 'k' };
    expect(await kept(claim, { i }, anna)).toBeUndefined();
  });
});

describe('the policy of an operation', () => {
  let schema: GraphQLSchema;
  let apollo: ApolloServer<Seeded>;
  let ofApollo: { maxAge?: number; scope?: string } = {};
  beforeAll(async () => {
    schema = await schemaWithRandomResolvers();
    apollo = new ApolloServer<Seeded>({
      schema,
      plugins: [
        ApolloServerPluginCacheControl(),
        {
          requestDidStart: async () => ({
            willSendResponse: async ({ overallCachePolicy: { maxAge, scope } }) => {
              ofApollo = { ...(maxAge !== undefined && { maxAge }), ...(scope && { scope }) };
            },
          }),
        },
      ],
    });
    await apollo.start();
  });
  afterAll(() => apollo.stop());

  const ours = (query: string): CachePolicy => {
    const document = parse(query);
    return cachePolicyOf(schema, document, getOperationAST(document)!);
  };
  const seeded = { seed: 7, faultShare: 0 };

  it('is never longer or more public than what Apollo finds in the answer', async () => {
    const documents = fc
      .infiniteStream(fc.nat(1_000_000))
      .map((numbers) => randomDocument(schema, (below) => numbers.next().value! % below));
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(documents, async ({ query, variables }) => {
        fc.pre(validate(schema, parse(query)).length === 0);
        fc.pre(getOperationAST(parse(query))!.operation === OperationTypeNode.QUERY);
        ofApollo = {};
        await apollo.executeOperation({ query, variables }, { contextValue: seeded });
        const { maxAgeS, isPrivate } = ours(query);
        expect(maxAgeS).toBeLessThanOrEqual(ofApollo.maxAge ?? 0);
        if (ofApollo.scope === 'PRIVATE') expect(isPrivate).toBe(true);
        compared += 1;
      }),
      { numRuns: 300 },
    );
    expect(compared).toBe(300);
  });

  it.each([
    [CLAIMABLE, { maxAgeS: 5, isPrivate: false }],
    ['{ template(id: "x") { id tiers { amount { amount } } } }', { maxAgeS: 5, isPrivate: true }],
    ['{ template(id: "x") { remainingCount } }', { maxAgeS: 1, isPrivate: true }],
    ['{ templates { nodes { id } } }', { maxAgeS: 0, isPrivate: true }],
  ])('is what Apollo finds for %s', async (query, expected) => {
    expect(ours(query)).toEqual(expected);
    await apollo.executeOperation({ query }, { contextValue: seeded });
    const { maxAge, scope = 'PUBLIC' } = ofApollo;
    expect({ maxAgeS: maxAge, isPrivate: scope === 'PRIVATE' }).toEqual(expected);
  });
});
