/** The money of refunds: shares of units, and sums over any sequence of refunds. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate } from '../../../src/kernel/allocation.js';
import type { RedeemedLine } from '../../../src/redemption/redemption.types.js';
import {
  refundedPayableOf,
  refundUnits,
  shareOfUnits,
} from '../../../src/redemption/rules/refund-shares.js';

const lineArb = fc
  .record({
    quantity: fc.integer({ min: 1, max: 12 }),
    unitPriceMinor: fc.oneof(fc.nat(50), fc.nat(1_000_000_000_000)),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ quantity, unitPriceMinor, part }) => ({
    quantity,
    subtotalMinor: quantity * unitPriceMinor,
    discountMinor: Math.floor(quantity * unitPriceMinor * part),
    refundedQuantity: 0,
    refundedMinor: 0,
  }));
const linesArb = fc
  .array(lineArb, { minLength: 1, maxLength: 5 })
  .map((lines): RedeemedLine[] => lines.map((line, i) => ({ ...line, lineId: `l${i}` })));

describe('unit shares', () => {
  it('are what largest remainder gives to units of equal weight', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(10_000), (quantity, discountMinor) => {
        const shares = allocate(discountMinor, Array(quantity).fill(1));
        const line = { quantity, discountMinor };
        expect(shares.map((_, unit) => shareOfUnits(line, unit, 1))).toEqual(shares);
      }),
      { numRuns: 1_000 },
    );
  });

  it('are exact for a million units and the largest amount', () => {
    const line = { quantity: 1_000_000, discountMinor: 9_007_199_254_740_991 };
    expect(shareOfUnits(line, 0, 1)).toBe(9_007_199_255);
    expect(shareOfUnits(line, 999_999, 1)).toBe(9_007_199_254);
    expect(shareOfUnits(line, 0, 1_000_000)).toBe(9_007_199_254_740_991);
  });
});

describe('refunds', () => {
  it('add up to the discount exactly over any sequence, and end when every unit came back', () => {
    const wishes = fc.array(fc.tuple(fc.nat(4), fc.integer({ min: 1, max: 12 })), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(linesArb, wishes, (start, sequence) => {
        let lines: readonly RedeemedLine[] = start;
        let takenMinor = 0;
        const take = (request: { lineId: string; quantity: number }[] | null): boolean => {
          const result = refundUnits(lines, request);
          if (!result.ok) {
            assert.equal(result.rejection.code, 'REFUND_EXCEEDS_ORDER');
            return false;
          }
          takenMinor += result.value.discountMinor;
          lines = result.value.lines;
          assert.equal(sumOf(lines, 'refundedMinor'), takenMinor);
          return result.value.isRest;
        };
        for (const [position, quantity] of sequence) {
          const { lineId, refundedQuantity, quantity: units } = lines[position % lines.length]!;
          take([{ lineId, quantity }]);
          const fits = refundedQuantity + quantity <= units;
          const after = lines.find((line) => line.lineId === lineId)!.refundedQuantity;
          assert.equal(after, fits ? refundedQuantity + quantity : refundedQuantity);
          for (const line of lines) {
            assert.ok(line.refundedMinor <= line.discountMinor);
            assert.ok(
              refundedPayableOf(line) >= 0 && Number.isSafeInteger(refundedPayableOf(line)),
            );
          }
        }
        assert.ok(take(null));
        assert.equal(takenMinor, sumOf(start, 'discountMinor'));
        for (const line of lines)
          assert.equal(line.refundedMinor + refundedPayableOf(line), line.subtotalMinor);
      }),
      { numRuns: 10_000 },
    );
  });
});

function sumOf(lines: readonly RedeemedLine[], field: 'refundedMinor' | 'discountMinor'): number {
  return lines.reduce((total, line) => total + line[field], 0);
}
