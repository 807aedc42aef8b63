/** Which coupons stand together, in which order they are applied, and which of equal sets wins. */
import { describe, expect, it } from 'vitest';
import { NOW_MS } from './kit/arbitraries.js';
import { appliedIds, cartOf, coupon, quote, sharesOf } from './kit/build.js';

const CART = cartOf({ a: '100.00' });

function cut(id: string, amountMinor: number, rules = {}, expiresIn = 1_000) {
  const type = 'DIRECT_CUT' as const;
  return coupon(id, { type, amountMinor, ...rules }, { expiresAtMs: NOW_MS + expiresIn });
}

describe('stacking', () => {
  it.each([
    ['ALL stands beside ALL of another type', 'ALL', 'ALL', 'RED_PACKET', 2],
    ['ALL and SAME_TYPE of one type stand together', 'ALL', 'SAME_TYPE', 'DIRECT_CUT', 2],
    ['SAME_TYPE stands beside SAME_TYPE of its type', 'SAME_TYPE', 'SAME_TYPE', 'DIRECT_CUT', 2],
    ['SAME_TYPE does not stand beside another type', 'SAME_TYPE', 'ALL', 'RED_PACKET', 1],
    ['ALL does not stand beside SAME_TYPE of another type', 'ALL', 'SAME_TYPE', 'RED_PACKET', 1],
    ['NONE stands alone, even beside ALL of its type', 'NONE', 'ALL', 'DIRECT_CUT', 1],
    ['ALL does not stand beside NONE', 'ALL', 'NONE', 'DIRECT_CUT', 1],
  ] as const)('%s', (_, first, second, type, count) => {
    const result = quote(CART, [
      cut('x', 1_000, { stackStrategy: first }),
      coupon(
        'y',
        { type, amountMinor: 900, stackStrategy: second },
        { faceValueMinor: type === 'RED_PACKET' ? 900 : null },
      ),
    ]);
    expect(result.applied).toHaveLength(count);
  });

  it('lets in one coupon of an exclusion group', () => {
    const group = { exclusionGroup: 'g' };
    const result = quote(CART, [cut('a', 500, group), cut('b', 700, group), cut('c', 100)]);
    expect(appliedIds(result).sort()).toEqual(['b', 'c']);
  });

  it('weighs one large coupon against several small ones that stand together', () => {
    const small = [cut('a', 500), cut('b', 500), cut('c', 500)];
    const large = (amount: number) => cut('large', amount, { stackStrategy: 'NONE' });
    expect(appliedIds(quote(CART, [large(1_501), ...small]))).toEqual(['large']);
    expect(appliedIds(quote(CART, [large(1_499), ...small]))).toEqual(['a', 'b', 'c']);
  });

  it('takes no more coupons than an order may have', () => {
    const many = Array.from({ length: 12 }, (_, i) => cut(`k${i}`, 100 + i));
    expect(quote(CART, many).applied).toHaveLength(10);
    expect(quote(CART, many, { maxCoupons: 3 }).discountMinor).toBe(111 + 110 + 109);
    expect(quote(CART, many, { maxCoupons: 0 }).discountMinor).toBe(0);
  });
});

describe('the order of application', () => {
  const half = { type: 'DISCOUNT', rateBps: 5_000 } as const;

  it('is larger priority first: 20 off, then half of 80', () => {
    const result = quote(CART, [coupon('half', half), cut('cut', 2_000, { priority: 1 })]);
    expect(appliedIds(result)).toEqual(['cut', 'half']);
    expect(result.discountMinor).toBe(6_000);
  });

  it('is then what ends first: half of 100, then 20 off', () => {
    const result = quote(CART, [
      cut('cut', 2_000, {}, 2_000),
      coupon('half', half, { expiresAtMs: NOW_MS + 1 }),
    ]);
    expect(appliedIds(result)).toEqual(['half', 'cut']);
    expect(result.discountMinor).toBe(7_000);
  });

  it('is then the smaller id', () => {
    expect(appliedIds(quote(CART, [cut('b', 100), cut('B', 100), cut('a', 100)]))).toEqual([
      'B',
      'a',
      'b',
    ]);
  });

  it('leaves a threshold on what remains to what comes before', () => {
    const remaining = cut('k', 1_000, { thresholdMinor: 9_000 });
    const original = cut('k', 1_000, { thresholdMinor: 9_000, thresholdBasis: 'ORIGINAL' });
    const before = cut('before', 2_000, { priority: 1 });
    expect(quote(CART, [before, remaining]).discountMinor).toBe(2_000);
    expect(quote(CART, [before, original]).discountMinor).toBe(3_000);
  });

  it('applies a coupon before the one whose threshold it would break, where priority says so', () => {
    const early = cut('early', 1_000, { thresholdMinor: 9_000, priority: 2 });
    expect(quote(CART, [cut('before', 2_000, { priority: 1 }), early]).discountMinor).toBe(3_000);
  });
});

describe('of sets that save the same', () => {
  it('the one of fewer coupons wins', () => {
    const result = quote(CART, [cut('a', 500), cut('b', 500), cut('both', 1_000)], {
      maxCoupons: 2,
    });
    expect(appliedIds(result)).toEqual(['a', 'both']);
    const tied = quote(cartOf({ a: '10.00' }), [cut('a', 500), cut('b', 500), cut('c', 1_000)]);
    expect(appliedIds(tied)).toEqual(['c']);
  });

  it('a coupon that saves nothing in its turn is not in the set', () => {
    const result = quote(cartOf({ a: '10.00' }), [cut('a', 1_000), cut('b', 1_000)]);
    expect(appliedIds(result)).toEqual(['a']);
    expect(result.optimality).toBe('PROVED');
  });

  it('the one that ends earlier wins, whatever its priority and id', () => {
    const result = quote(CART, [cut('a', 500, { priority: 9 }, 20), cut('z', 500, {}, 10)], {
      maxCoupons: 1,
    });
    expect(appliedIds(result)).toEqual(['z']);
  });

  it('ends are compared one by one, the earliest first', () => {
    const a = [cut('a1', 300, { exclusionGroup: 'g' }, 10), cut('a2', 300, {}, 40)];
    const b = [cut('b1', 300, { exclusionGroup: 'g' }, 20), cut('b2', 300, {}, 30)];
    const result = quote(CART, [...a, ...b], { maxCoupons: 2 });
    expect(appliedIds(result)).toEqual(['a1', 'b2']);
  });

  it('the smaller ids win at last', () => {
    const result = quote(CART, [cut('b', 500), cut('a', 500), cut('c', 500)], { maxCoupons: 2 });
    expect(appliedIds(result)).toEqual(['a', 'b']);
  });
});

describe('shares of several coupons', () => {
  it('add up line by line', () => {
    const result = quote(cartOf({ a: '10.00', b: '20.00' }), [
      cut('x', 100, { priority: 1 }),
      coupon('y', { type: 'DISCOUNT', rateBps: 9_000 }),
    ]);
    expect(result.applied.map(({ lines }) => lines)).toEqual([
      [
        { lineId: 'a', discountMinor: 33 },
        { lineId: 'b', discountMinor: 67 },
      ],
      [
        { lineId: 'a', discountMinor: 97 },
        { lineId: 'b', discountMinor: 193 },
      ],
    ]);
    expect(sharesOf(result)).toEqual({ a: 130, b: 260 });
  });
});
