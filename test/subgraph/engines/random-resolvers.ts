/**
 * The schema of the service with resolvers that answer, wait, fail or break their types. What a field does
 * follows from a seed and its path alone, so two engines that ask the same get the same.
 */
import { createHash } from 'node:crypto';
import {
  GraphQLEnumType,
  GraphQLError,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql';
import type { App } from '../../../src/app.js';
import { InputError } from '../../../src/kernel/input-error.js';
import { buildSubgraph } from '../../../src/subgraph/build-schema.js';
import { createResolvers } from '../../../src/subgraph/resolvers.js';

export interface Seeded {
  readonly seed: number;
  /** Of 100 fields, so many fail or break their type. */
  readonly faultShare: number;
}

export async function schemaWithRandomResolvers(): Promise<GraphQLSchema> {
  const { resolvers, references } = createResolvers({ redemptions: {} } as unknown as App);
  const asked = Object.keys(references).map((name) => [name, async () => ({})]);
  const { schema } = await buildSubgraph(resolvers, Object.fromEntries(asked));
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('_')) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.name.startsWith('_')) continue;
      field.resolve = (_source, args, seeded: Seeded, info) => resolve(args, seeded, info);
    }
  }
  return schema;
}

function resolve(args: object, { seed, faultShare }: Seeded, info: GraphQLResolveInfo): unknown {
  const path: (string | number)[] = [];
  for (let step: typeof info.path | undefined = info.path; step; step = step.prev)
    path.unshift(step.key);
  const given = Object.entries(args)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .toSorted((a, b) => (a < b ? -1 : 1));
  const text = `${seed} ${path.join('.')} ${given.join()}`;
  const dice = createHash('md5').update(text).digest();
  // Where an error makes more null than its own field, graphql-js has the word, and of a list it may
  // leave promises behind that end a process. So only what may be null fails here, and root fields.
  const mayFail = !isNonNullType(info.returnType) || path.length === 1;
  const isFault = mayFail && dice[0]! % 100 < faultShare;
  const answer = (): unknown => {
    if (isFault && dice[1]! % 3 === 0) throw new InputError('field', 'is not to be had');
    if (isFault && dice[1]! % 3 === 1)
      throw new GraphQLError('refused', { extensions: { code: 'FORBIDDEN' } });
    return isFault
      ? brokenValueOf(info.returnType)
      : valueOf(info.returnType, info.schema, dice, 2);
  };
  return dice[15]! % 2 === 0 ? Promise.resolve().then(answer) : answer();
}

/** Not what the type says, whatever the type. */
function brokenValueOf(type: GraphQLOutputType): unknown {
  if (isNonNullType(type)) return null;
  return isAbstractType(type) ? { __typename: 'Nothing' } : new Error('as a value');
}

function valueOf(
  type: GraphQLOutputType,
  schema: GraphQLSchema,
  dice: Buffer,
  at: number,
  mayBeNull = true,
): unknown {
  const die = dice[at % 14]!;
  if (isNonNullType(type)) return valueOf(type.ofType, schema, dice, at, false);
  if (mayBeNull && die % 7 === 0) return null;
  if (isListType(type))
    return Array.from({ length: die % 4 }, (_, i) =>
      valueOf(type.ofType, schema, dice, at + 1 + i),
    );
  if (isLeafType(type)) return leafOf(type, die);
  if (!isAbstractType(type)) return {};
  const possible = schema.getPossibleTypes(type);
  return { __typename: possible[die % possible.length]!.name };
}

function leafOf(type: GraphQLOutputType, die: number): unknown {
  if (type instanceof GraphQLEnumType)
    return type.getValues()[die % type.getValues().length]!.value;
  const values: Readonly<Record<string, unknown>> = {
    ID: `id${die}`,
    String: `text ${die} "\u2028'`,
    Int: die - 100,
    Float: die / 8 - 10,
    Boolean: die % 2 === 0,
    Decimal: `${die}.00`,
    CurrencyCode: 'CNY',
    DateTime: 1_790_000_000_000 + die,
    JSONObject: { die, nested: [null, { a: 1 }] },
  };
  return values[type.toString()];
}
