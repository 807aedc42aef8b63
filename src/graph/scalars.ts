/**
 * The scalars of the contract. Amounts are exact text: a JSON float is refused before anything can
 * round it. `_entities` representations reach resolvers unparsed, so resolvers never rely on parsing there.
 */
import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { isCurrency } from '../kernel/currency.js';

function scalar(
  name: string,
  description: string,
  read: (value: unknown) => unknown,
  write: (value: unknown) => unknown,
): GraphQLScalarType {
  return new GraphQLScalarType({
    name,
    description,
    serialize: write,
    parseValue: read,
    parseLiteral: (node) => read(node.kind === Kind.STRING ? node.value : undefined),
  });
}

const DECIMAL = /^-?\d{1,15}(\.\d{1,15})?$/;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

export const DecimalScalar = scalar(
  'Decimal',
  'An exact decimal in a string, such as "20.00".',
  (value) => {
    if (typeof value !== 'string' || !DECIMAL.test(value))
      throw new GraphQLError('Decimal is a string such as "20.00"; a number is refused');
    return value;
  },
  (value) => value,
);

export const DateTimeScalar = scalar(
  'DateTime',
  'ISO 8601 in UTC with milliseconds. Input may carry any offset.',
  (value) => {
    const ms = typeof value === 'string' && ISO.test(value) ? Date.parse(value) : Number.NaN;
    if (Number.isNaN(ms))
      throw new GraphQLError('DateTime is ISO 8601, e.g. 2026-11-21T08:00:00.000Z');
    return ms;
  },
  (value) => new Date(value as number).toISOString(),
);

export const CurrencyCodeScalar = scalar(
  'CurrencyCode',
  'A currency of ISO 4217: CNY, USD, JPY, KWD.',
  (value) => {
    if (typeof value !== 'string' || !isCurrency(value))
      throw new GraphQLError('CurrencyCode is a code of ISO 4217');
    return value;
  },
  (value) => value,
);

export const JSONObjectScalar = scalar(
  'JSONObject',
  'Details of an audit entry; never input.',
  () => {
    throw new GraphQLError('JSONObject is never input');
  },
  (value) => value,
);
