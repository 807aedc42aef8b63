/** The emitted SDL fits together with the sample neighbours, and keeps in the supergraph what it promises. */
import { buildSchema, isObjectType, type GraphQLObjectType } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { composeSupergraph } from '../../src/demo/gateway/compose-supergraph.js';
import { SUBGRAPHS, type SubgraphUrls } from '../../src/demo/subgraphs.js';

const urls = Object.fromEntries(SUBGRAPHS.map((name) => [name, `http://${name}.test`]));
let supergraph: string;

beforeAll(async () => {
  supergraph = await composeSupergraph(urls as SubgraphUrls);
});

describe('the supergraph', () => {
  it('has one Order and one User with the fields of all their owners', () => {
    expect(fieldsOf('Order')).toEqual(
      expect.arrayContaining(['lines', 'customer', 'status', 'redemption', 'discountQuote']),
    );
    expect(fieldsOf('User')).toEqual(['id', 'coupons', 'name']);
  });

  it('gives the quote of an order what it needs of the order', () => {
    expect(supergraph).toContain(
      'requires: "currency customerId lines { id productId categoryIds unitPrice { amount currency } quantity }"',
    );
  });

  it('keeps who may ask for what', () => {
    expect(supergraph).toMatch(/myCoupons\(.*@authenticated/);
    expect(supergraph).toMatch(
      /approveTemplate\(.*@requiresScopes\(scopes: \[\["coupons:approve"\]\]\)/,
    );
  });
});

function fieldsOf(typeName: string): string[] {
  const type = buildSchema(supergraph).getType(typeName);
  expect(isObjectType(type)).toBe(true);
  return Object.keys((type as GraphQLObjectType).getFields());
}
