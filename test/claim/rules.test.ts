import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawAmount } from '../../src/claim/rules/draw-amount.js';
import { pickDraw, pickSlot } from '../../src/claim/rules/pick-slot.js';

/** Rules that can be kept: min·n ≤ budget ≤ max·n. */
const packets = fc
  .record({
    totalCount: fc.integer({ min: 1, max: 60 }),
    minMinor: fc.integer({ min: 1, max: 10_000 }),
    spread: fc.integer({ min: 0, max: 1_000_000 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    seed: fc.string({ minLength: 1 }),
  })
  .map(({ totalCount, minMinor, spread, share, seed }) => {
    const maxMinor = minMinor + spread;
    const budgetMinor = minMinor * totalCount + Math.floor(share * spread * totalCount);
    return { totalCount, seed, rule: { minMinor, maxMinor, budgetMinor } };
  });

describe('the draws of a red packet', () => {
  it('add up to the budget, each within its bounds, whatever the rule', () => {
    fc.assert(
      fc.property(packets, ({ rule, totalCount, seed }) => {
        const draws = Array.from({ length: totalCount }, (_, i) =>
          drawAmount(rule, totalCount, seed, i + 1),
        );
        expect(draws.reduce((sum, amount) => sum + amount, 0)).toBe(rule.budgetMinor);
        expect(Math.min(...draws)).toBeGreaterThanOrEqual(rule.minMinor);
        expect(Math.max(...draws)).toBeLessThanOrEqual(rule.maxMinor);
      }),
    );
  });

  it('are the same for the same seed and number, and others for another seed', () => {
    const rule = { minMinor: 1, maxMinor: 100_000, budgetMinor: 5_000_000 };
    const drawn = (seed: string) =>
      Array.from({ length: 100 }, (_, i) => drawAmount(rule, 100, seed, i + 1));
    expect(drawn('a')).toEqual(drawn('a'));
    expect(drawn('a')).not.toEqual(drawn('b'));
  });

  it('differ widely where the rule leaves room', () => {
    const rule = { minMinor: 1, maxMinor: 200, budgetMinor: 10_000 };
    const draws = Array.from({ length: 100 }, (_, i) => drawAmount(rule, 100, 'seed', i + 1));
    expect(new Set(draws).size).toBeGreaterThan(50);
  });
});

describe('a slot', () => {
  it('is the lowest that is free, within the limit', () => {
    expect(pickSlot([], 1)).toBe(1);
    expect(pickSlot([1, 3], 3)).toBe(2);
    expect(pickSlot([2, 1], 2)).toBeUndefined();
  });
});

describe('a draw number', () => {
  it('is the lowest that nobody has, within the total', () => {
    expect(pickDraw(new Set([1, 2, 4]), 4)).toBe(3);
    expect(pickDraw(new Set([1, 2]), 2)).toBeUndefined();
  });
});
