/**
 * Money is an integer of minor units together with its currency. No float ever holds an amount:
 * text becomes an integer here, and an integer becomes text here.
 *
 * An amount is at most MAX_AMOUNT_MINOR (10^12), so sums of a thousand lines stay safe integers;
 * a product that may leave them is made with bigint.
 */
import { digitsOf, isCurrency } from './currency.js';
import { requireInput } from './input-error.js';

export interface Money {
  readonly amountMinor: number;
  readonly currency: string;
}

/** The largest single amount accepted from outside, in minor units. */
export const MAX_AMOUNT_MINOR = 1_000_000_000_000;

const DECIMAL = /^(\d{1,15})(?:\.(\d{1,15}))?$/;

/**
 * Reads a decimal text as minor units of `currency`.
 * Refuses (InputError naming `field`) signs, exponents, too many fraction digits and amounts beyond the bound.
 */
export function parseMinor(text: string, currency: string, field: string): number {
  requireInput(isCurrency(currency), `${field}.currency`, `"${currency}" is not an ISO 4217 code`);
  const match = DECIMAL.exec(text);
  requireInput(match !== null, field, 'is not a decimal amount such as "20.00"');
  const digits = digitsOf(currency);
  const fraction = match[2] ?? '';
  requireInput(
    fraction.length <= digits,
    field,
    `has more than the ${digits} fraction digits of ${currency}`,
  );
  const minor = BigInt(match[1]! + fraction.padEnd(digits, '0'));
  requireInput(minor <= BigInt(MAX_AMOUNT_MINOR), field, 'is larger than the service can carry');
  return Number(minor);
}

/** Writes minor units as decimal text with exactly the digits of the currency: 2000 CNY is "20.00". */
export function formatMinor(amountMinor: number, currency: string): string {
  const digits = digitsOf(currency);
  const sign = amountMinor < 0 ? '-' : '';
  const text = String(Math.abs(amountMinor)).padStart(digits + 1, '0');
  if (digits === 0) return sign + text;
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** floor(a · b / divisor) without leaving the integers; all ≥ 0, divisor > 0. */
export function mulDivFloor(a: number, b: number, divisor: number): number {
  const product = a * b;
  if (Number.isSafeInteger(product)) return Math.floor(product / divisor);
  return Number((BigInt(a) * BigInt(b)) / BigInt(divisor));
}

/** roundHalfUp(a · b / divisor) without leaving the integers; all ≥ 0, divisor > 0. */
export function mulDivHalfUp(a: number, b: number, divisor: number): number {
  const doubled = 2 * a * b + divisor;
  if (Number.isSafeInteger(doubled)) return Math.floor(doubled / (2 * divisor));
  return Number((2n * BigInt(a) * BigInt(b) + BigInt(divisor)) / (2n * BigInt(divisor)));
}
