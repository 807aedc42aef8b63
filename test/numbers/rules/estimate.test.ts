/** Shares and their comparison: against published tables, and as an algebra. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differenceOf, gainOf, shareOf } from '../../../src/numbers/rules/estimate.js';

const share = fc
  .tuple(fc.integer({ min: 1, max: 10_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([total, part]) => ({ hits: Math.floor(total * part), total }));
const weighed = fc.record({
  count: fc.integer({ min: 0, max: 10_000_000 }),
  weight: fc.integer({ min: 1, max: 10_000 }),
});
const rounded = (values: object | undefined) =>
  Object.values(values!).map((value) => Number((value as number).toFixed(4)));

describe('a share', () => {
  it('has the interval of Wilson', () => {
    // Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I, method 3.
    expect(rounded(shareOf({ hits: 81, total: 263 }))).toEqual([0.308, 0.2553, 0.3662]);
    expect(rounded(shareOf({ hits: 15, total: 148 }))).toEqual([0.1014, 0.0624, 0.1605]);
    expect(rounded(shareOf({ hits: 0, total: 20 }))).toEqual([0, 0, 0.1611]);
    expect(rounded(shareOf({ hits: 1, total: 29 }))).toEqual([0.0345, 0.0061, 0.1718]);
  });

  it('lies within its interval, and that within 0 and 1', () => {
    const property = fc.property(share, (of) => {
      const { value, low, high } = shareOf(of)!;
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
      expect(high).toBeGreaterThan(low);
    });
    fc.assert(property);
  });

  it('of what did not happen mirrors that of what did', () => {
    const property = fc.property(share, ({ hits, total }) => {
      const did = shareOf({ hits, total })!;
      const didNot = shareOf({ hits: total - hits, total })!;
      expect(didNot.low).toBeCloseTo(1 - did.high, 9);
      expect(didNot.high).toBeCloseTo(1 - did.low, 9);
    });
    fc.assert(property);
  });

  it('is known better the more is counted', () => {
    const property = fc.property(share, fc.integer({ min: 2, max: 100 }), (of, times) => {
      const width = ({ low, high }: { low: number; high: number }) => high - low;
      const more = shareOf({ hits: of.hits * times, total: of.total * times })!;
      expect(width(more)).toBeLessThan(width(shareOf(of)!));
    });
    fc.assert(property);
  });

  it('of nothing is not known', () => {
    expect(shareOf({ hits: 0, total: 0 })).toBeUndefined();
    expect(differenceOf({ hits: 0, total: 0 }, { hits: 1, total: 2 })).toBeUndefined();
    expect(differenceOf({ hits: 1, total: 2 }, { hits: 0, total: 0 })).toBeUndefined();
  });
});

describe('a difference of two shares', () => {
  const of = (a: number, m: number, b: number, n: number) =>
    rounded(differenceOf({ hits: a, total: m }, { hits: b, total: n }));

  it('has the hybrid score interval of Newcombe', () => {
    // Newcombe, "Interval estimation for the difference between independent proportions" (1998), table II, method 10.
    expect(of(56, 70, 48, 80)).toEqual([0.2, 0.0524, 0.3339]);
    expect(of(9, 10, 3, 10)).toEqual([0.6, 0.1705, 0.809]);
    expect(of(5, 56, 0, 29)).toEqual([0.0893, -0.0381, 0.1926]);
    expect(of(0, 10, 0, 20)).toEqual([0, -0.1611, 0.2775]);
    expect(of(10, 10, 0, 10)).toEqual([1, 0.6075, 1]);
  });

  it('is the other way round where the two are', () => {
    const property = fc.property(share, share, (a, b) => {
      const there = differenceOf(a, b)!;
      const back = differenceOf(b, a)!;
      expect(back.value).toBeCloseTo(-there.value, 12);
      expect(back.low).toBeCloseTo(-there.high, 12);
      expect(back.high).toBeCloseTo(-there.low, 12);
    });
    fc.assert(property);
  });

  it('of a share and itself is none, whatever chance says', () => {
    const property = fc.property(share, (a) => {
      const { value, low, high } = differenceOf(a, a)!;
      expect(value).toBe(0);
      expect(low).toBeLessThan(0);
      expect(high).toBeGreaterThan(0);
    });
    fc.assert(property);
  });
});

describe('a gain', () => {
  it('is told by counts and weights', () => {
    expect(gainOf({ count: 300, weight: 3 }, { count: 100, weight: 1 })!.value).toBeCloseTo(0, 12);
    expect(gainOf({ count: 150, weight: 1 }, { count: 100, weight: 1 })!.value).toBeCloseTo(
      0.5,
      12,
    );
    expect(gainOf({ count: 0, weight: 1 }, { count: 100, weight: 1 })!.value).toBe(-1);
  });

  it('has the interval of the share of the first in both', () => {
    // 150 of 250: Wilson has 0.5381 to 0.6589, whose odds are 1.1651 and 1.9316.
    const { low, high } = gainOf({ count: 150, weight: 1 }, { count: 100, weight: 1 })!;
    expect(low).toBeCloseTo(0.165, 3);
    expect(high).toBeCloseTo(0.932, 2);
  });

  it('lies within its interval, and is never less than everything', () => {
    const property = fc.property(weighed, weighed, (first, second) => {
      const gain = gainOf(first, second);
      expect(gain === undefined).toBe(second.count === 0);
      if (gain === undefined) return;
      expect(gain.low).toBeGreaterThanOrEqual(-1);
      expect(gain.low).toBeLessThanOrEqual(gain.value);
      expect(gain.high).toBeGreaterThanOrEqual(gain.value);
      expect(Number.isFinite(gain.high)).toBe(true);
    });
    fc.assert(property);
  });

  it('depends on the proportion of the weights only', () => {
    const property = fc.property(weighed, weighed, fc.integer({ min: 1, max: 100 }), (a, b, k) => {
      fc.pre(b.count > 0);
      const plain = gainOf(a, b)!;
      const scaled = gainOf({ ...a, weight: a.weight * k }, { ...b, weight: b.weight * k })!;
      expect(scaled.value / (plain.value || 1)).toBeCloseTo(plain.value ? 1 : 0, 6);
    });
    fc.assert(property);
  });
});
