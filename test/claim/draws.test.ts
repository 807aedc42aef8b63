/**
 * The draws of red packets, whatever the rule: DEEP_RUNS raises the number of random rules, of which
 * `npm run test:deep` makes 100,000 or more.
 */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawAmount } from '../../src/claim/rules/draw-amount.js';
import { permute } from '../../src/claim/rules/permute.js';
import { isDrawingOver, seedHashOf } from '../../src/template/rules/seed-hash.js';
import { rulesOf } from '../kit/seed.js';

const RUNS = Number(process.env['DEEP_RUNS'] ?? 1_500);

/** Rules that can be kept: min·n ≤ budget ≤ max·n. */
const packets = fc
  .record({
    totalCount: fc.integer({ min: 1, max: 60 }),
    minMinor: fc.integer({ min: 1, max: 10_000 }),
    spread: fc.integer({ min: 0, max: 1_000_000 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    seed: fc.string({ minLength: 1 }),
    areDrawsMixed: fc.boolean(),
  })
  .map(({ totalCount, minMinor, spread, share, seed, areDrawsMixed }) => {
    const maxMinor = minMinor + spread;
    const budgetMinor = minMinor * totalCount + Math.floor(share * spread * totalCount);
    const how = areDrawsMixed ? { areDrawsMixed } : {};
    return { totalCount, seed, rule: { minMinor, maxMinor, budgetMinor, ...how } };
  });

describe('the draws of a red packet', () => {
  it('add up to the budget, each within its bounds, whatever the rule', () => {
    const property = fc.property(packets, ({ rule, totalCount, seed }) => {
      let [sum, least, most] = [0, Infinity, 0];
      for (let drawNo = 1; drawNo <= totalCount; drawNo += 1) {
        const amount = drawAmount(rule, totalCount, seed, drawNo);
        sum += amount;
        least = Math.min(least, amount);
        most = Math.max(most, amount);
      }
      return sum === rule.budgetMinor && least >= rule.minMinor && most <= rule.maxMinor;
    });
    fc.assert(property, { numRuns: RUNS });
  });

  it('are the same for the same seed and number, in whatever order they are asked for', () => {
    const rule = { minMinor: 1, maxMinor: 100_000, budgetMinor: 5_000_000, areDrawsMixed: true };
    const numbers = Array.from({ length: 100 }, (_, i) => i + 1);
    const drawn = (seed: string) => numbers.map((drawNo) => drawAmount(rule, 100, seed, drawNo));
    const backwards = numbers.toReversed().map((drawNo) => drawAmount(rule, 100, 'a', drawNo));
    expect(backwards.toReversed()).toEqual(drawn('a'));
    expect(drawn('a')).not.toEqual(drawn('b'));
  });

  it('differ widely where the rule leaves room', () => {
    const rule = { minMinor: 1, maxMinor: 200, budgetMinor: 10_000 };
    const draws = Array.from({ length: 100 }, (_, i) => drawAmount(rule, 100, 'seed', i + 1));
    expect(new Set(draws).size).toBeGreaterThan(50);
  });

  it('do not tell by their numbers which two of them are a pair', () => {
    const rule = { minMinor: 1, maxMinor: 2_000_000, budgetMinor: 100_000_000 };
    const pairsAt = (more: object) => {
      const draws = Array.from({ length: 100 }, (_, i) =>
        drawAmount({ ...rule, ...more }, 100, 'seed', i + 1),
      );
      const sums = draws.map((amount, i) => amount + draws[(i + 50) % 100]!);
      return sums.filter((sum) => sum === 2_000_000).length;
    };
    expect(pairsAt({})).toBe(100);
    expect(pairsAt({ areDrawsMixed: true })).toBeLessThan(10);
  });
});

describe('a permutation', () => {
  it('gives every index of 0 to count-1 once, for every count and secret', () => {
    const property = fc.property(fc.integer({ min: 1, max: 300 }), fc.string(), (count, secret) => {
      const all = new Set(Array.from({ length: count }, (_, i) => permute(i, count, secret)));
      return all.size === count && Math.max(...all) === count - 1 && Math.min(...all) === 0;
    });
    fc.assert(property, { numRuns: Math.ceil(Math.min(RUNS, 10_000) / 10) });
  });

  it('stays within large counts, and is another with another secret', () => {
    const places = (secret: string) =>
      Array.from({ length: 100 }, (_, i) => permute(i, 1_000_000_000, secret));
    expect(Math.max(...places('a'))).toBeLessThan(1_000_000_000);
    expect(new Set(places('a')).size).toBe(100);
    expect(places('a').filter((place) => places('b').includes(place))).toHaveLength(0);
  });
});

describe('the seed of a red packet', () => {
  it('is committed to by the SHA-256 of its digits', () => {
    const seed = '00112233445566778899aabbccddeeff';
    expect(seedHashOf(seed)).toBe(createHash('sha256').update(seed).digest('hex'));
  });

  it('is told when nothing is left to draw, and not before', () => {
    const rules = rulesOf({ totalCount: 10 });
    const over = (status: Parameters<typeof isDrawingOver>[1], issued: number) =>
      isDrawingOver({ rules, issued }, status);
    expect([over('DRAFT', 0), over('APPROVED', 0), over('ACTIVE', 9)]).toEqual([
      false,
      false,
      false,
    ]);
    expect([over('ACTIVE', 10), over('STOPPED', 3), over('EXPIRED', 0)]).toEqual([
      true,
      true,
      true,
    ]);
  });
});
