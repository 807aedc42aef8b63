/** The five types of discount, one coupon at a time. The examples are those of docs/QUOTES.md. */
import { describe, expect, it } from 'vitest';
import type { DiscountRules } from '../../../src/template/template.types.js';
import { cartOf, coupon, EVERYTHING, quote, sharesOf } from './kit/build.js';

const TIERS = [
  { thresholdMinor: 10_000, amountMinor: 1_000 },
  { thresholdMinor: 30_000, amountMinor: 5_000 },
];

interface Example {
  readonly says: string;
  readonly costs: string;
  readonly rules: Partial<DiscountRules> & Pick<DiscountRules, 'type'>;
  readonly faceValueMinor?: number;
  readonly saves: number;
}

const EXAMPLES: readonly Example[] = [
  {
    says: 'below the first tier',
    costs: '99.99',
    rules: { type: 'FULL_CUT', tiers: TIERS },
    saves: 0,
  },
  {
    says: 'on the first tier',
    costs: '100.00',
    rules: { type: 'FULL_CUT', tiers: TIERS },
    saves: 1_000,
  },
  {
    says: 'below the second tier',
    costs: '299.99',
    rules: { type: 'FULL_CUT', tiers: TIERS },
    saves: 1_000,
  },
  {
    says: 'on the second tier',
    costs: '300.00',
    rules: { type: 'FULL_CUT', tiers: TIERS },
    saves: 5_000,
  },
  {
    says: 'for every full threshold',
    costs: '450.00',
    rules: {
      type: 'FULL_CUT',
      repeatable: true,
      tiers: [{ thresholdMinor: 20_000, amountMinor: 3_000 }],
    },
    saves: 6_000,
  },
  {
    says: 'for every full threshold up to its cap',
    costs: '450.00',
    rules: {
      type: 'FULL_CUT',
      repeatable: true,
      maxDiscountMinor: 5_000,
      tiers: [{ thresholdMinor: 20_000, amountMinor: 3_000 }],
    },
    saves: 5_000,
  },
  {
    says: 'a half rounding up',
    costs: '9.99',
    rules: { type: 'DISCOUNT', rateBps: 8_000 },
    saves: 200,
  },
  { says: 'exactly a half', costs: '0.05', rules: { type: 'DISCOUNT', rateBps: 9_000 }, saves: 1 },
  {
    says: 'less than a half',
    costs: '0.04',
    rules: { type: 'DISCOUNT', rateBps: 9_000 },
    saves: 0,
  },
  {
    says: 'up to its cap',
    costs: '1000.00',
    rules: { type: 'DISCOUNT', rateBps: 5_000, maxDiscountMinor: 8_800 },
    saves: 8_800,
  },
  {
    says: 'below its threshold',
    costs: '49.99',
    rules: { type: 'DISCOUNT', rateBps: 5_000, thresholdMinor: 5_000 },
    saves: 0,
  },
  {
    says: 'on its threshold',
    costs: '50.00',
    rules: { type: 'DIRECT_CUT', amountMinor: 800, thresholdMinor: 5_000 },
    saves: 800,
  },
  {
    says: 'more than the cart costs',
    costs: '5.00',
    rules: { type: 'DIRECT_CUT', amountMinor: 800 },
    saves: 500,
  },
  {
    says: 'its face value',
    costs: '20.00',
    rules: { type: 'RED_PACKET' },
    faceValueMinor: 314,
    saves: 314,
  },
  { says: 'one unit of three', costs: '20.00 x 3', rules: { type: 'EXCHANGE' }, saves: 2_000 },
];

describe('what a coupon alone takes off', () => {
  it.each(EXAMPLES)('$rules.type, $says: $costs saves $saves', (example) => {
    const { costs, rules, saves, faceValueMinor = null } = example;
    const result = quote(cartOf({ a: costs }), [coupon('k', rules, { faceValueMinor })]);
    expect(result.discountMinor).toBe(saves);
    expect(result.payableMinor).toBe(result.subtotalMinor - saves);
  });

  it('is spread over the eligible lines in proportion, to the last minor unit', () => {
    const cart = cartOf({ a: '10.00', b: '10.00', c: '10.00', d: '99.00 x 1 books' });
    const scope = { ...EVERYTHING, excludeCategories: ['books'] };
    const result = quote(cart, [coupon('k', { type: 'DIRECT_CUT', amountMinor: 1_000, scope })]);
    expect(sharesOf(result)).toEqual({ a: 334, b: 333, c: 333, d: 0 });
  });

  it('is all on the line of the dearest unit for EXCHANGE, the first of equals', () => {
    const cart = cartOf({ a: '8.00', b: '9.00 x 2', c: '9.00' });
    const result = quote(cart, [coupon('k', { type: 'EXCHANGE' })]);
    expect(sharesOf(result)).toEqual({ a: 0, b: 900, c: 0 });
  });

  it('is what earlier coupons left of the unit for EXCHANGE', () => {
    const cart = cartOf({ a: '10.00', b: '7.00' });
    const onA = { ...EVERYTHING, includeProducts: ['a'] };
    const result = quote(cart, [
      coupon('cut', { type: 'DIRECT_CUT', amountMinor: 400, scope: onA, priority: 1 }),
      coupon('free', { type: 'EXCHANGE' }),
    ]);
    expect(sharesOf(result)).toEqual({ a: 400, b: 700 });
  });
});

describe('scope', () => {
  const cart = cartOf({ a: '10.00 x 1 shoes', b: '20.00 x 1 shoes,sale', c: '40.00 x 1 books' });
  it.each([
    ['everything where nothing is named', {}, 7_000],
    ['a category', { includeCategories: ['shoes'] }, 3_000],
    ['a product or a category', { includeProducts: ['c'], includeCategories: ['sale'] }, 6_000],
    ['all but a category', { excludeCategories: ['books'] }, 3_000],
    [
      'exclusion before inclusion',
      { includeCategories: ['shoes'], excludeCategories: ['sale'] },
      1_000,
    ],
    ['an excluded product', { includeCategories: ['shoes'], excludeProducts: ['a'] }, 2_000],
  ])('takes in %s', (_, scope, base) => {
    const all = coupon('k', {
      type: 'DIRECT_CUT',
      amountMinor: 100_000,
      scope: { ...EVERYTHING, ...scope },
    });
    expect(quote(cart, [all]).discountMinor).toBe(base);
  });
});
