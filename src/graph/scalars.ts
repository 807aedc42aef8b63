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
const ISO = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;
/** What the database and every client can hold, whatever the offset. */
const FIRST_MOMENT_MS = Date.UTC(1970, 0, 1);
const LAST_MOMENT_MS = Date.UTC(9999, 0, 1);

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
    const ms = typeof value === 'string' ? readMoment(value) : Number.NaN;
    if (!(ms >= FIRST_MOMENT_MS && ms < LAST_MOMENT_MS))
      throw new GraphQLError('DateTime is ISO 8601, e.g. 2026-11-21T08:00:00.000Z');
    return ms;
  },
  (value) => new Date(value as number).toISOString(),
);

/** Epoch milliseconds, or NaN. Date.parse would read 31 February as 3 March, so the day is asked back. */
function readMoment(text: string): number {
  const day = ISO.exec(text)?.[1];
  if (day === undefined) return Number.NaN;
  const midnight = new Date(`${day}T00:00:00Z`);
  const isDay = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
  return isDay ? Date.parse(text) : Number.NaN;
}

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
