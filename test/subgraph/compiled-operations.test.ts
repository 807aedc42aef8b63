/**
 * Compiled operations answer as graphql-js does: documents of the whole schema, run by both engines over
 * resolvers that answer, wait, fail and break their types, the same for both.
 */
import fc from 'fast-check';
import {
  execute,
  parse,
  validate,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
} from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { COMPILE_AFTER_REQUESTS } from '../../src/config/limits.js';
import { InputError } from '../../src/kernel/input-error.js';
import { compile, CompiledOperations } from '../../src/subgraph/compiled-operations.js';
// keep
import { randomDocument, type Asked } from './engines/random-document.js';
import { schemaWithRandomResolvers, type Seeded } from './engines/random-resolvers.js';

const RUNS = 400;

describe('a compiled operation', () => {
  let schema: GraphQLSchema;
  beforeAll(async () => {
    schema = await schemaWithRandomResolvers();
  });

  const interpreted = async ({ query, variables }: Asked, seeded: Seeded) =>
    comparable(
      await execute({
        schema,
        document: parse(query),
        variableValues: variables,
        contextValue: seeded,
        rootValue: {},
      }),
    );
  const compiled = async ({ query, variables }: Asked, seeded: Seeded) => {
    const run = compile(schema, parse(query), 'Random');
    const result = await run?.(seeded as never, variables);
    return result && comparable(result);
  };
  const documents = fc
    .infiniteStream(fc.nat(1_000_000))
    .map((numbers) => randomDocument(schema, (below) => numbers.next().value! % below));

  it('answers what graphql-js answers, whatever its resolvers do', async () => {
    let answered = 0;
    let failed = 0;
    await fc.assert(
      fc.asyncProperty(
        documents,
        fc.nat(),
        fc.constantFrom(0, 3, 20),
        async (asked, seed, faults) => {
          fc.pre(validate(schema, parse(asked.query)).length === 0);
          const seeded = { seed, faultShare: faults };
          const expected = await interpreted(asked, seeded);
          const given = await compiled(asked, seeded);
          if (given === undefined) return; // left to graphql-js
          if (given.errors.length > 0) failed += 1;
          else answered += 1;
          expect(given).toEqual(expected);
        },
      ),
      { numRuns: RUNS },
    );
    // Both kinds of answers were met, so that neither half of the promise is empty.
    expect(answered).toBeGreaterThan(RUNS / 10);
    expect(failed).toBeGreaterThan(RUNS / 20);
  });

  it.each([
    ['a directive', 'query Random($v: Boolean!) { __typename @skip(if: $v) }'],
    ['introspection', '{ __schema { queryType { name } } }'],
    ['the type of a name', '{ __type(name: "Coupon") { name } }'],
    [
      'several mutations',
      `mutation { a: freezeCoupon(input: {couponId: "x", reason: "r"}) { __typename }
        b: freezeCoupon(input: {couponId: "x", reason: "r"}) { __typename } }`,
    ],
    ['a mutation in a fragment', 'mutation { ...F } fragment F on Mutation { __typename }'],
  ])('is not made of a document with %s', (_what, query) => {
    expect(compile(schema, parse(query), '')).toBeUndefined();
  });

  it('is made when a document has been asked for a few times, and not before', () => {
    const operations = new CompiledOperations(schema);
    const document = parse('query A { __typename } query B { __typename }');
    const found = () => operations.find(document, 'A') !== undefined;
    const asked = Array.from({ length: COMPILE_AFTER_REQUESTS }, found);
    expect(asked).toEqual([...asked.slice(1).map(() => false), true]);
    expect([found(), operations.find(document, 'B') !== undefined]).toEqual([true, false]);
  });

  it('leaves a query in which more became null than its field to graphql-js', async () => {
    const query = '{ claimableTemplates { totalCount } template(id: "x") { id } }';
    const failing = { seed: 1, faultShare: 100 };
    expect(await compile(schema, parse(query), '')!(failing as never, {})).toBeUndefined();
  });

  it('leaves variables that do not fit to graphql-js, which runs nothing', async () => {
    const run = compile(schema, parse('query Random($id: ID!) { coupon(id: $id) { id } }'), '');
    expect(await run!({ seed: 1, faultShare: 0 } as never, { id: [1] })).toBeUndefined();
  });
});

interface Comparable {
  readonly data: unknown;
  readonly errors: readonly unknown[];
}

/** Errors of fields that run side by side come in any order; the rest must be equal. */
function comparable({ data, errors = [] }: ExecutionResult): Comparable {
  const shown = errors.map((error: GraphQLError) => ({
    ...(JSON.parse(JSON.stringify({ path: error.path, locations: error.locations })) as object),
    message: error.message,
    extensions: (error.extensions as object | undefined) ?? {},
    isInputError: error.originalError instanceof InputError,
  }));
  const key = (error: unknown): string => JSON.stringify(error);
  return {
    data: JSON.parse(JSON.stringify(data ?? null)) as unknown,
    errors: shown.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)),
  };
}
