/** A bad cart is refused, and the error names the field. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/kernel/input-error.js';
import { readCart, type SentCart, type SentLine } from '../../../src/quote/rules/read-cart.js';

const LINE: SentLine = {
  lineId: 'l1',
  productId: 'p1',
  categoryIds: ['c1'],
  unitPrice: { amount: '10.00', currency: 'CNY' },
  quantity: 1,
};

function cart(...changes: Partial<SentLine>[]): SentCart {
  return {
    currency: 'CNY',
    lines: changes.map((change, i) => ({ ...LINE, lineId: `l${i}`, ...change })),
  };
}

function price(amount: string, currency = 'CNY'): Partial<SentLine> {
  return { unitPrice: { amount, currency } };
}

function fieldOf(sent: SentCart): string {
  try {
    readCart(sent);
  } catch (error) {
    if (error instanceof InputError) return error.field;
    throw error;
  }
  return 'accepted';
}

const MANY = Array.from({ length: 1_001 }, () => ({}));
const LONG = 'x'.repeat(129);

describe('a bad cart', () => {
  it.each<[string, SentCart, string]>([
    ['no lines', cart(), 'input.lines'],
    ['1,001 lines', cart(...MANY), 'input.lines'],
    ['an unknown currency', { ...cart({}), currency: 'XXQ' }, 'input.currency'],
    ['a negative quantity', cart({}, { quantity: -1 }), 'input.lines[1].quantity'],
    ['a quantity of zero', cart({ quantity: 0 }), 'input.lines[0].quantity'],
    ['a quantity of a half', cart({ quantity: 0.5 }), 'input.lines[0].quantity'],
    ['a quantity that is no number', cart({ quantity: NaN }), 'input.lines[0].quantity'],
    ['1,000,001 units', cart({ quantity: 1_000_001 }), 'input.lines[0].quantity'],
    ['mixed currencies', cart({}, price('1.00', 'USD')), 'input.lines[1].unitPrice.currency'],
    ['too many digits', cart(price('1.001')), 'input.lines[0].unitPrice.amount'],
    ['a negative price', cart(price('-1.00')), 'input.lines[0].unitPrice.amount'],
    ['a price beyond 10^12', cart(price('10000000000.01')), 'input.lines[0].unitPrice.amount'],
    ['a lineId twice', cart({}, {}, { lineId: 'l0' }), 'input.lines[2].lineId'],
    ['an empty lineId', cart({ lineId: '' }), 'input.lines[0].lineId'],
    [
      'a lineId that no order could be stored with',
      cart({ lineId: 'línea 1' }),
      'input.lines[0].lineId',
    ],
    ['a long lineId', cart({ lineId: LONG }), 'input.lines[0].lineId'],
    ['a long productId', cart({ productId: LONG }), 'input.lines[0].productId'],
    ['an empty category', cart({ categoryIds: ['c', ''] }), 'input.lines[0].categoryIds[1]'],
    [
      '51 categories',
      cart({ categoryIds: Array.from({ length: 51 }, (_, i) => `c${i}`) }),
      'input.lines[0].categoryIds',
    ],
    [
      'a line beyond the safe integers',
      cart({ ...price('10000000000.00'), quantity: 1_000_000 }),
      'input.lines[0].quantity',
    ],
    [
      'a total beyond the safe integers',
      cart(
        { ...price('10000000000.00'), quantity: 9_000 },
        { ...price('10000000000.00'), quantity: 8 },
      ),
      'input.lines',
    ],
  ])('with %s is refused by the name of the field', (_, sent, field) => {
    expect(fieldOf(sent)).toBe(field);
  });

  it('is named by the path that the caller uses', () => {
    expect(() => readCart(cart({ quantity: 0 }), 'order')).toThrow(
      /^order\.lines\[0\]\.quantity: /,
    );
  });
});

describe('a good cart', () => {
  it('is accepted at its bounds', () => {
    expect(fieldOf(cart(...MANY.slice(1)))).toBe('accepted');
    expect(fieldOf(cart({ ...price('10000000000.00'), quantity: 9_007 }))).toBe('accepted');
    expect(fieldOf(cart({ ...price('0.01'), quantity: 1_000_000 }))).toBe('accepted');
    expect(fieldOf(cart({ lineId: 'x'.repeat(128), ...price('0.00') }))).toBe('accepted');
  });

  it.each([
    ['JPY', '1500', 1_500],
    ['CNY', '15', 1_500],
    ['KWD', '1.500', 1_500],
  ])('in %s carries minor units of its own digits', (currency, amount, minor) => {
    const read = readCart({ currency, lines: [{ ...LINE, unitPrice: { amount, currency } }] });
    expect(read.lines[0]?.unitPriceMinor).toBe(minor);
  });

  it('stands in the order of code units, whatever order it came in', () => {
    const ids = ['b', 'a10', 'B', 'a9', '~'];
    const read = readCart(cart(...ids.map((lineId) => ({ lineId }))));
    expect(read.lines.map(({ lineId }) => lineId)).toEqual(['B', 'a10', 'a9', 'b', '~']);
  });
});
