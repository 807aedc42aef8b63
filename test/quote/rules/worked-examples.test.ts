/** The worked examples of docs/QUOTES.md, by their numbers. */
import { describe, expect, it } from 'vitest';
import { NOW_MS } from './kit/arbitraries.js';
import { appliedIds, cartOf, coupon, EVERYTHING, optionOf, quote, sharesOf } from './kit/build.js';

const HUNDRED = cartOf({ a: '100.00' });

function off(id: string, amount: number, rules = {}, facts = {}) {
  return coupon(id, { type: 'DIRECT_CUT', amountMinor: amount * 100, ...rules }, facts);
}

describe('the worked examples', () => {
  it('1: ten off three equal lines is 3.34, 3.33 and 3.33', () => {
    const cart = cartOf({ a: '10.00', b: '10.00', c: '10.00', d: '99.00 x 1 books' });
    const scope = { ...EVERYTHING, excludeCategories: ['books'] };
    expect(sharesOf(quote(cart, [off('k', 10, { scope })]))).toEqual({
      a: 334,
      b: 333,
      c: 333,
      d: 0,
    });
  });

  it('2: 20 off, then half, is 60; half, then 20 off, is 70', () => {
    const half = (priority: number) =>
      coupon('half', { type: 'DISCOUNT', rateBps: 5_000, priority });
    expect(quote(HUNDRED, [off('cut', 20), half(-1)]).discountMinor).toBe(6_000);
    expect(quote(HUNDRED, [off('cut', 20), half(1)]).discountMinor).toBe(7_000);
  });

  it('3: a threshold of 90 is met by 100 at first, and missed by the 80 that remain', () => {
    const first = off('first', 20, { priority: 1 });
    const second = (thresholdBasis: 'REMAINING' | 'ORIGINAL') =>
      off('second', 10, { thresholdMinor: 9_000, thresholdBasis });
    expect(appliedIds(quote(HUNDRED, [first, second('ORIGINAL')]))).toEqual(['first', 'second']);
    const remaining = quote(HUNDRED, [first, second('REMAINING')]);
    expect(appliedIds(remaining)).toEqual(['first']);
    expect(optionOf(remaining, 'second')).toMatchObject({
      savesMinor: 1_000,
      reason: { code: 'THRESHOLD_NOT_MET', shortfall: { amountMinor: 1_000 } },
    });
  });

  it('4: a coupon is left out so that a better one reaches its threshold', () => {
    const better = off('better', 50, { thresholdMinor: 8_000 });
    const result = quote(HUNDRED, [off('early', 30, { priority: 1 }), better]);
    expect(appliedIds(result)).toEqual(['better']);
    expect(optionOf(result, 'early').reason?.code).toBe('NOT_IN_BEST_COMBINATION');
  });

  it('5: one of 15.01 beats three of 5.00, and one of 15.00 too, for it is fewer', () => {
    const three = [off('a', 5), off('b', 5), off('c', 5)];
    const single = (amount: number) => off('single', amount, { stackStrategy: 'NONE' });
    expect(appliedIds(quote(HUNDRED, [single(15.01), ...three]))).toEqual(['single']);
    expect(appliedIds(quote(HUNDRED, [single(15), ...three]))).toEqual(['single']);
    expect(appliedIds(quote(HUNDRED, [single(14.99), ...three]))).toEqual(['a', 'b', 'c']);
  });

  it('6: two coupons that each pay the whole cart: the one that dies first', () => {
    const result = quote(cartOf({ a: '5.00' }), [
      off('a', 5, {}, { expiresAtMs: NOW_MS + 20 }),
      off('b', 5, {}, { expiresAtMs: NOW_MS + 10 }),
    ]);
    expect(appliedIds(result)).toEqual(['b']);
    expect(optionOf(result, 'a').reason?.code).toBe('NOT_IN_BEST_COMBINATION');
  });

  it('7: an exchange takes what an earlier coupon left of the dearest unit', () => {
    const cart = cartOf({ a: '10.00', b: '7.00 x 2' });
    const free = coupon('free', { type: 'EXCHANGE' });
    expect(sharesOf(quote(cart, [free]))).toEqual({ a: 1_000, b: 0 });
    const onA = { ...EVERYTHING, includeProducts: ['a'] };
    const both = quote(cart, [off('cut', 4, { scope: onA, priority: 1 }), free]);
    expect(sharesOf(both)).toEqual({ a: 400, b: 700 });
  });

  it('8: 30 off each 200 of 450 is 60, and 50 where at most 50 may come off', () => {
    const each = (maxDiscountMinor: number | null) =>
      coupon('k', {
        type: 'FULL_CUT',
        tiers: [{ thresholdMinor: 20_000, amountMinor: 3_000 }],
        repeatable: true,
        maxDiscountMinor,
      });
    expect(quote(cartOf({ a: '450.00' }), [each(null)]).discountMinor).toBe(6_000);
    expect(quote(cartOf({ a: '450.00' }), [each(5_000)]).discountMinor).toBe(5_000);
  });
});
