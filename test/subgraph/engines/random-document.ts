/** Documents of a schema, at random: fields, arguments by variable or not at all, aliases, fragments, unions. */
import {
  getNamedType,
  GraphQLEnumType,
  GraphQLInputObjectType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';

export interface Asked {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const DEPTH_MAX = 5;
const FIELDS_MAX = 4;

const SCALARS: Readonly<Record<string, unknown>> = {
  ID: 'id',
  String: 'text',
  Int: 7,
  Boolean: true,
  Decimal: '1.00',
  CurrencyCode: 'CNY',
  DateTime: '2026-11-21T00:00:00.000Z',
};

/** @param pick a number from 0 to below its argument; every choice is asked of it */
export function randomDocument(schema: GraphQLSchema, pick: (below: number) => number): Asked {
  const declared: string[] = [];
  const variables: Record<string, unknown> = {};
  const fragments: string[] = [];
  const some = <T>(list: readonly T[]): T => list[pick(list.length)]!;

  const inputOf = (type: GraphQLInputType, typeName?: string): unknown => {
    if (isNonNullType(type)) return inputOf(type.ofType, typeName);
    if (isListType(type)) return Array.from({ length: pick(3) }, () => inputOf(type.ofType));
    if (type instanceof GraphQLEnumType) return some(type.getValues()).name;
    if (type.toString() === '_Any') return { __typename: typeName ?? some(ENTITIES), id: 'e' };
    if (!(type instanceof GraphQLInputObjectType)) return SCALARS[type.toString()];
    const fields = Object.values(type.getFields()).filter(
      (field) => isRequiredInputField(field) || pick(3) === 0,
    );
    return Object.fromEntries(fields.map((field) => [field.name, inputOf(field.type)]));
  };
  const argumentsOf = (field: GraphQLField<unknown, unknown>): string => {
    const given = field.args
      .filter((arg) => isRequiredArgument(arg) || pick(2) === 0)
      .map((arg) => {
        const name = `v${declared.length}`;
        declared.push(`$${name}: ${arg.type.toString()}`);
        if (isRequiredArgument(arg) || pick(3) > 0) variables[name] = inputOf(arg.type);
        return `${arg.name}: $${name}`;
      });
    return given.length > 0 ? `(${given.join(', ')})` : '';
  };
  const selectionOf = (type: GraphQLOutputType, depth: number): string => {
    const named = getNamedType(type);
    if (isLeafType(named)) return '';
    if (!isAbstractType(named)) return `{ ${fieldsOf(named as GraphQLObjectType, depth)} }`;
    const parts = schema
      .getPossibleTypes(named)
      .map((possible) => `... on ${possible.name} { ${fieldsOf(possible, depth)} }`);
    return `{ __typename ${parts.join(' ')} }`;
  };
  const fieldsOf = (type: GraphQLObjectType, depth: number): string => {
    const fields = Object.values(type.getFields()).filter(
      (field) => depth < DEPTH_MAX || isLeafType(getNamedType(field.type)),
    );
    const names = Array.from({ length: 1 + pick(FIELDS_MAX) }, () => some(fields)).filter(Boolean);
    const text = names
      .map((field) => {
        aliases += 1;
        const { name } = field;
        return `a${aliases}: ${name}${argumentsOf(field)} ${selectionOf(field.type, depth + 1)}`;
      })
      .join(' ');
    if (pick(4) > 0) return `__typename ${text}`;
    fragments.push(`fragment F${fragments.length} on ${type.name} { __typename ${text} }`);
    return `...F${fragments.length - 1}`;
  };

  let aliases = 0;
  const isMutation = pick(3) === 0;
  const root = isMutation ? schema.getMutationType()! : schema.getQueryType()!;
  const body = fieldsOf(root, 0);
  const head = declared.length > 0 ? `(${declared.join(', ')})` : '';
  const operation = `${isMutation ? 'mutation' : 'query'} Random${head} { ${body} }`;
  return { query: [operation, ...fragments].join('\n'), variables };
}

const ENTITIES = ['Template', 'Coupon', 'DiscountQuote', 'User', 'Order'];
