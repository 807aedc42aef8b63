import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/kernel/input-error.js';
import {
  formatMinor,
  MAX_AMOUNT_MINOR,
  mulDivFloor,
  mulDivHalfUp,
  parseMinor,
} from '../../src/kernel/money.js';

const safe = fc.oneof(
  fc.maxSafeNat(),
  fc.nat({ max: 1_000_000 }),
  fc.constantFrom(0, 1, Number.MAX_SAFE_INTEGER, 2 ** 52, 94_906_265, 94_906_267),
);

describe('money as text', () => {
  it.each([
    ['20.00', 'CNY', 2_000],
    ['20', 'CNY', 2_000],
    ['20.5', 'CNY', 2_050],
    ['0.01', 'CNY', 1],
    ['1234', 'JPY', 1_234],
    ['1.234', 'KWD', 1_234],
    ['10000000000.00', 'CNY', MAX_AMOUNT_MINOR],
    ['1000000000000', 'JPY', MAX_AMOUNT_MINOR],
    ['1000000000.000', 'KWD', MAX_AMOUNT_MINOR],
  ])('%s %s is %i minor units', (text, currency, minor) => {
    expect(parseMinor(text, currency, 'price')).toBe(minor);
  });

  it.each([
    ['20.005', 'CNY'],
    ['1.0', 'JPY'],
    ['1.2345', 'KWD'],
    ['10000000000.01', 'CNY'],
    ['-1', 'CNY'],
    ['+1', 'CNY'],
    ['1e3', 'CNY'],
    ['.5', 'CNY'],
    ['5.', 'CNY'],
    ['', 'CNY'],
    [' 5', 'CNY'],
    ['5\n', 'CNY'],
    ['٥', 'CNY'],
    ['NaN', 'CNY'],
    ['1,000', 'CNY'],
  ])('%j %s is refused by the name of its field', (text, currency) => {
    const parse = () => parseMinor(text, currency, 'input.price');
    expect(parse).toThrow(InputError);
    expect(parse).toThrow(/^input\.price: /);
  });

  it('is read back as it was written, whatever the digits of the currency', () => {
    const amount = fc.integer({ min: 0, max: MAX_AMOUNT_MINOR });
    fc.assert(
      fc.property(amount, fc.constantFrom('JPY', 'CNY', 'KWD', 'CLF'), (minor, currency) => {
        expect(parseMinor(formatMinor(minor, currency), currency, 'price')).toBe(minor);
      }),
    );
  });

  it('keeps the zeros before small amounts', () => {
    expect(formatMinor(5, 'CNY')).toBe('0.05');
    expect(formatMinor(5, 'KWD')).toBe('0.005');
    expect(formatMinor(0, 'JPY')).toBe('0');
    expect(formatMinor(-5, 'CNY')).toBe('-0.05');
  });
});

describe('products and quotients', () => {
  it('are exact where the product leaves the safe integers', () => {
    fc.assert(
      fc.property(safe, safe, fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (a, b, d) => {
        fc.pre(BigInt(a) * BigInt(b) <= BigInt(d) * BigInt(Number.MAX_SAFE_INTEGER));
        const product = BigInt(a) * BigInt(b);
        expect(BigInt(mulDivFloor(a, b, d))).toBe(product / BigInt(d));
        expect(BigInt(mulDivHalfUp(a, b, d))).toBe((2n * product + BigInt(d)) / (2n * BigInt(d)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('round a half up and less than a half down', () => {
    expect(mulDivHalfUp(1, 1, 2)).toBe(1);
    expect(mulDivHalfUp(999, 2_000, 10_000)).toBe(200);
    expect(mulDivHalfUp(1, 4_999, 10_000)).toBe(0);
    expect(mulDivHalfUp(3, 5_000, 10_000)).toBe(2);
  });
});
