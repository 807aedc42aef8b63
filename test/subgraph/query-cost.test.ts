/** What a document may cost, counted before it runs. */
import { Kind, parse, type FragmentDefinitionNode, type GraphQLSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { costOf } from '../../src/subgraph/query-cost.js';
import { openHttp, type Http } from './http.js';

describe('the cost of a document', () => {
  let http: Http;
  let schema: GraphQLSchema;
  beforeAll(async () => {
    http = await openHttp();
    ({ schema } = http);
  });
  afterAll(() => http.close());

  const cost = (source: string, variables: Record<string, unknown> = {}): number => {
    const { definitions } = parse(source);
    const operation = definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION)!;
    const fragments = new Map(
      definitions
        .filter((one): one is FragmentDefinitionNode => one.kind === Kind.FRAGMENT_DEFINITION)
        .map((one) => [one.name.value, one]),
    );
    return costOf({ schema, operation, fragments, variables }).fields;
  };

  it.each<[string, number, Record<string, unknown>?]>([
    ['{ myCoupons { totalCount } }', 2],
    ['{ myCoupons(first: 50) { totalCount nodes { id } } }', 1 + 1 + 1 + 50],
    ['{ myCoupons { nodes { id } } }', 1 + 1 + 20],
    ['{ myCoupons(first: 1000000) { nodes { id } } }', 1 + 1 + 100],
    ['{ myCoupons(first: -5) { nodes { id } } }', 1 + 1 + 1],
    ['query ($n: Int) { myCoupons(first: $n) { nodes { id } } }', 1 + 1 + 30, { n: 30 }],
    ['query ($n: Int = 40) { myCoupons(first: $n) { nodes { id } } }', 1 + 1 + 40],
    ['{ myCoupons(first: 3) { nodes { template { names { name } } } } }', 1 + 1 + 3 * (1 + 1 + 10)],
    ['{ myCoupons(first: 3) { ...A } } fragment A on CouponConnection { nodes { id } }', 1 + 1 + 3],
    ['{ myCoupons(first: 3) { ... { edges { node { id } } } } }', 1 + 1 + 3 * 2],
    [
      'query ($r: [_Any!]!) { _entities(representations: $r) { __typename ... on Coupon { id code } ... on User { id } } }',
      1 + 7 * (1 + 2),
      { r: Array.from({ length: 7 }, () => ({})) },
    ],
  ])('%s is %i', (source, expected, variables = {}) => {
    expect(cost(source, variables)).toBe(expected);
  });

  it('of fragments that double is counted without walking them', () => {
    const chain = Array.from(
      { length: 60 },
      (_, i) => `fragment F${i} on Template { ...F${i + 1} ...F${i + 1} }`,
    ).join(' ');
    const bomb = `{ template(id: "x") { ...F0 } } ${chain} fragment F60 on Template { id }`;
    expect(cost(bomb)).toBeGreaterThan(1e17);
  });

  it('may be 20,000, and nothing runs beyond it', async () => {
    const wallet = (first: number) =>
      `{ myCoupons(first: 100) { nodes { owner { coupons(first: ${first}) { nodes { id code } } } } } }`;
    expect(cost(wallet(97))).toBeLessThanOrEqual(20_000);
    const token = await http.token({ sub: 'anna' });
    expect((await http.ask(wallet(97), {}, token)).status).toBe(200);
    const statements: string[] = [];
    const stop = http.stores.database.observe((sql) => statements.push(sql));
    const { status, data, errors } = await http.ask(wallet(100), {}, token);
    stop();
    expect([status, data, statements]).toEqual([400, null, []]);
    expect(errors[0]!.message).toBe('The answer could have more than 20000 fields.');
  });
});
