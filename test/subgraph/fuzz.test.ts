/**
 * Documents made from the schema at random, valid in their fields and wild in everything else, asked as
 * every kind of caller. 500 here; FUZZ_RUNS for more (`npm run test:deep`: 50,000).
 */
import fc from 'fast-check';
import {
  getNamedType,
  GraphQLEnumType,
  isAbstractType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLInputType,
  type GraphQLNamedType,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALLERS } from './authorisation-matrix.js';
import { openHttp, type Http } from './http.js';
import { tellsOfTheInside, untypedErrorsOf } from './oracle.js';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 500);
const DEPTH_MAX = 6;
const SCALARS = [
  '""',
  '"x"',
  '"01ARZ3NDEKTSV4RRFFQ69G5FAV"',
  '0',
  '-1',
  '7',
  '1.5',
  '"1.00"',
  '"CNY"',
  'true',
  'null',
  '"2026-11-21T00:00:00Z"',
  '"\' OR 1=1"',
  '[]',
  '{}',
];

describe('a document made at random', () => {
  let http: Http;
  const tokens: string[] = [];
  beforeAll(async () => {
    http = await openHttp();
    for (const [sub, claims] of Object.entries(CALLERS))
      tokens.push(claims === null ? '' : await http.token({ sub, ...claims }));
  });
  afterAll(() => http.close());

  /** The next of the random numbers, below `max`; 0 when they are used up, so that every document ends. */
  type Pick = (max: number) => number;

  function valueOf(type: GraphQLInputType, pick: Pick, depth: number): string {
    if (pick(12) === 11) return SCALARS[pick(SCALARS.length)]!;
    if (isNonNullType(type)) return valueOf(type.ofType, pick, depth);
    if (isListType(type)) return `[${valueOf(type.ofType, pick, depth)}]`;
    if (type instanceof GraphQLEnumType)
      return type.getValues()[pick(type.getValues().length)]!.name;
    if (!isInputObjectType(type)) {
      if (type.name === '_Any')
        return `{__typename: "${['Coupon', 'User', 'Order', 'Template', 'x'][pick(5)]}", id: "x"}`;
      return SCALARS[pick(SCALARS.length)]!;
    }
    const fields = Object.values(type.getFields()).filter(
      (field) => isNonNullType(field.type) || (depth < DEPTH_MAX && pick(4) === 3),
    );
    return `{${fields.map((field) => `${field.name}: ${valueOf(field.type, pick, depth + 1)}`).join(', ')}}`;
  }

  function selectionOf(type: GraphQLNamedType, pick: Pick, depth: number): string {
    if (isAbstractType(type)) {
      const types = http.schema.getPossibleTypes(type);
      const one = types[pick(types.length)]!;
      return `{ __typename ... on ${one.name} ${selectionOf(one, pick, depth + 1)} }`;
    }
    if (!isObjectType(type)) return '';
    const fields = Object.values(type.getFields());
    const count = depth < DEPTH_MAX ? 1 + pick(4) : 0;
    const parts = Array.from({ length: count }, (_, i) => {
      const field = fields[pick(fields.length)]!;
      const args = field.args
        .filter((arg) => isNonNullType(arg.type) || pick(3) === 2)
        .map((arg) => `${arg.name}: ${valueOf(arg.type, pick, depth)}`);
      const given = args.length > 0 ? `(${args.join(', ')})` : '';
      const child = selectionOf(getNamedType(field.type), pick, depth + 1);
      return `${pick(5) === 4 ? `a${depth}${i}: ` : ''}${field.name}${given} ${child}`;
    });
    return `{ ${parts.join(' ')} __typename }`;
  }

  it('is answered or refused in a typed way, and tells nothing of the inside', async () => {
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(), { minLength: 30, maxLength: 200 }),
        fc.nat(),
        async (numbers, who) => {
          let at = 0;
          const pick: Pick = (max) => (numbers[at++] ?? 0) % max;
          const isMutation = pick(3) === 2;
          const root = isMutation ? http.schema.getMutationType()! : http.schema.getQueryType()!;
          const query = `${isMutation ? 'mutation' : 'query'} ${selectionOf(root, pick, 0)}`;
          const { status, text } = await http.ask(query, {}, tokens[who % tokens.length]);
          if (status === 200) answered += 1;
          expect([200, 400, 401]).toContain(status);
          expect(tellsOfTheInside(text, query)).toBeNull();
          expect(untypedErrorsOf(text), text).toEqual([]);
        },
      ),
      { numRuns: RUNS },
    );
    // Most are refused for their values; enough must get in, or nothing was tried.
    expect(answered).toBeGreaterThan(RUNS / 50);
  }, 36_000_000);
});
