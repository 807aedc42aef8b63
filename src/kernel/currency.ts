/**
 * Currencies and their minor units.
 * Source: ISO 4217 list one; a currency that is not an exception has two fraction digits.
 */
const DIGITS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'
      .split(' ')
      .map((code) => [code, 0]),
  ),
  ...Object.fromEntries('BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3])),
  CLF: 4,
  UYW: 4,
};

const KNOWN: ReadonlySet<string> = new Set([
  ...Intl.supportedValuesOf('currency'),
  ...Object.keys(DIGITS),
]);

/** Whether `code` is a currency of ISO 4217. */
export function isCurrency(code: string): boolean {
  return KNOWN.has(code);
}

/** How many fraction digits the currency has: 2 for CNY, 0 for JPY, 3 for KWD. */
export function digitsOf(currency: string): number {
  return DIGITS[currency] ?? 2;
}
