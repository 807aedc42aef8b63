/** What is said of every coupon: what it alone would save, and why it is not applied. */
import { describe, expect, it } from 'vitest';
import { NOW_MS } from './kit/arbitraries.js';
import { appliedIds, cartOf, coupon, EVERYTHING, optionOf, quote } from './kit/build.js';

const CART = cartOf({ a: '100.00 x 1 shoes', b: '50.00 x 1 books' });
const CUT = { type: 'DIRECT_CUT', amountMinor: 1_000 } as const;

describe('a coupon that may not be used', () => {
  it.each([
    ['COUPON_HELD', coupon('k', CUT, { status: 'HELD', heldForOrderId: 'another' })],
    ['COUPON_FROZEN', coupon('k', CUT, { status: 'FROZEN' })],
    ['COUPON_EXPIRED', coupon('k', CUT, { expiresAtMs: NOW_MS })],
    ['COUPON_NOT_YET_VALID', coupon('k', CUT, { validFromMs: NOW_MS + 1 })],
    ['CURRENCY_MISMATCH', coupon('k', { ...CUT, currency: 'USD' })],
    ['USER_LEVEL_NOT_ELIGIBLE', coupon('k', { ...CUT, userLevels: ['GOLD'] })],
  ] as const)('saves nothing and says %s', (code, unusable) => {
    const result = quote(CART, [unusable], { orderId: 'order', userLevel: 'SILVER' });
    expect(result.discountMinor).toBe(0);
    expect(optionOf(result, 'k')).toMatchObject({
      applied: false,
      savesMinor: 0,
      reason: { code },
    });
  });

  it.each([
    [
      'held by the order of the quote',
      coupon('k', CUT, { status: 'HELD', heldForOrderId: 'order' }),
    ],
    ['in its first millisecond', coupon('k', CUT, { validFromMs: NOW_MS })],
    ['in its last millisecond', coupon('k', CUT, { expiresAtMs: NOW_MS + 1 })],
    ['for the level of the user', coupon('k', { ...CUT, userLevels: ['GOLD', 'SILVER'] })],
  ])('is not one %s', (_, usable) => {
    const result = quote(CART, [usable], { orderId: 'order', userLevel: 'SILVER' });
    expect(appliedIds(result)).toEqual(['k']);
  });

  it('stays held for a quote without an order', () => {
    const held = coupon('k', CUT, { status: 'HELD', heldForOrderId: null });
    expect(optionOf(quote(CART, [held]), 'k').reason?.code).toBe('COUPON_HELD');
  });
});

describe('a coupon that is not applied', () => {
  it('says how much is missing to its threshold', () => {
    const result = quote(CART, [coupon('k', { ...CUT, thresholdMinor: 20_000 })]);
    expect(optionOf(result, 'k').reason).toMatchObject({
      code: 'THRESHOLD_NOT_MET',
      retryable: false,
      couponId: 'k',
      shortfall: { amountMinor: 5_000, currency: 'CNY' },
    });
  });

  it('says how much is missing to its lowest tier', () => {
    const tiers = [
      { thresholdMinor: 16_000, amountMinor: 100 },
      { thresholdMinor: 90_000, amountMinor: 900 },
    ];
    const { reason } = optionOf(quote(CART, [coupon('k', { type: 'FULL_CUT', tiers })]), 'k');
    expect(reason).toMatchObject({ code: 'THRESHOLD_NOT_MET', shortfall: { amountMinor: 1_000 } });
  });

  it('says OUT_OF_SCOPE where no line of value is eligible', () => {
    const scope = { ...EVERYTHING, includeCategories: ['toys'] };
    const result = quote(CART, [coupon('k', { ...CUT, scope, thresholdMinor: 100 })]);
    expect(optionOf(result, 'k').reason).toEqual({
      code: 'OUT_OF_SCOPE',
      retryable: false,
      couponId: 'k',
    });
    const free = quote(cartOf({ a: '0.00' }), [coupon('k', CUT)]);
    expect(optionOf(free, 'k').reason?.code).toBe('OUT_OF_SCOPE');
  });

  it('says NO_SAVING where rounding leaves nothing', () => {
    const result = quote(cartOf({ a: '0.04' }), [
      coupon('k', { type: 'DISCOUNT', rateBps: 9_000 }),
    ]);
    expect(optionOf(result, 'k').reason?.code).toBe('NO_SAVING');
  });

  it('names the applied coupon that it cannot stand beside', () => {
    const result = quote(CART, [
      coupon('all', { ...CUT, amountMinor: 3_000 }),
      coupon('none', { ...CUT, stackStrategy: 'NONE' }),
    ]);
    expect(appliedIds(result)).toEqual(['all']);
    expect(optionOf(result, 'none')).toEqual({
      couponId: 'none',
      applied: false,
      savesMinor: 1_000,
      reason: { code: 'NOT_STACKABLE', retryable: false, couponId: 'none' },
      conflictsWith: 'all',
    });
    expect(optionOf(result, 'all').conflictsWith).toBeNull();
  });

  it('names the applied coupon of its exclusion group', () => {
    const result = quote(CART, [
      coupon('x', { ...CUT, priority: 1 }),
      coupon('larger', { ...CUT, amountMinor: 2_000, exclusionGroup: 'g' }),
      coupon('smaller', { ...CUT, exclusionGroup: 'g' }),
    ]);
    expect(appliedIds(result)).toEqual(['x', 'larger']);
    expect(optionOf(result, 'smaller').conflictsWith).toBe('larger');
  });

  it('says what its threshold misses in its turn beside the applied ones', () => {
    const result = quote(CART, [
      coupon('first', { ...CUT, amountMinor: 6_000, priority: 1 }),
      coupon('second', { ...CUT, thresholdMinor: 10_000 }),
    ]);
    expect(appliedIds(result)).toEqual(['first']);
    expect(optionOf(result, 'second')).toMatchObject({
      savesMinor: 1_000,
      reason: { code: 'THRESHOLD_NOT_MET', shortfall: { amountMinor: 1_000 } },
    });
  });

  it('says NOT_IN_BEST_COMBINATION otherwise', () => {
    const two = [coupon('a', CUT), coupon('b', CUT)];
    const result = quote(CART, two, { maxCoupons: 1 });
    expect(appliedIds(result)).toEqual(['a']);
    expect(optionOf(result, 'b').reason?.code).toBe('NOT_IN_BEST_COMBINATION');
  });
});

describe('options', () => {
  it('stand best first, and equals in the order of application', () => {
    const result = quote(CART, [
      coupon('late', CUT, { expiresAtMs: NOW_MS + 9 }),
      coupon('frozen', { ...CUT, amountMinor: 9_000 }, { status: 'FROZEN' }),
      coupon('soon', CUT, { expiresAtMs: NOW_MS + 5 }),
      coupon('most', { ...CUT, amountMinor: 4_000, stackStrategy: 'NONE' }),
      coupon('urgent', { ...CUT, priority: 5 }),
    ]);
    const ids = result.options.map(({ couponId }) => couponId);
    expect(ids).toEqual(['most', 'urgent', 'soon', 'late', 'frozen']);
  });
});
