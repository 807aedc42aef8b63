import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate } from '../../src/kernel/allocation.js';
import { largestRemainder } from '../quote/rules/kit/reference.js';

const weights = fc.oneof(
  fc.array(fc.nat({ max: 50 }), { minLength: 1, maxLength: 12 }),
  fc.array(fc.nat({ max: 2 ** 49 }), { minLength: 1, maxLength: 8 }),
  fc.array(fc.constantFrom(0, 1, 1, 7), { minLength: 1, maxLength: 12 }),
);

/** Weights and an amount that they can carry. */
const spread = weights.chain((list) => {
  const sum = list.reduce((total, weight) => total + weight, 0);
  return fc.tuple(fc.constant(list), fc.oneof(fc.nat({ max: sum }), fc.constant(sum)));
});

describe('allocation by largest remainder', () => {
  it('adds up to the amount and gives nobody more than their weight', () => {
    fc.assert(
      fc.property(spread, ([list, amount]) => {
        const shares = allocate(amount, list);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(amount);
        shares.forEach((share, i) => {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(list[i]!);
        });
      }),
      { numRuns: 1_000 },
    );
  });

  it('equals the definition with bigint fractions', () => {
    fc.assert(
      fc.property(spread, ([list, amount]) => {
        const expected = largestRemainder(BigInt(amount), list.map(BigInt));
        expect(allocate(amount, list).map(BigInt)).toEqual(expected);
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives the units left over to the largest fractions, of equal ones to the first', () => {
    expect(allocate(100, [1, 1, 1])).toEqual([34, 33, 33]);
    expect(allocate(2, [1, 1, 1])).toEqual([1, 1, 0]);
    expect(allocate(10, [5, 3, 4])).toEqual([4, 3, 3]);
  });

  it('gives nothing to weights of zero, and nothing at all where there are no others', () => {
    expect(allocate(5, [0, 5, 0])).toEqual([0, 5, 0]);
    expect(allocate(0, [0, 0])).toEqual([0, 0]);
  });
});
