/** The bounds of the search: no set saves more than they say, down to the last minor unit. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyCombination } from '../../../src/quote/rules/apply-combination.js';
import { candidateOf, cartColumns } from '../../../src/quote/rules/candidate.js';
import { byOrderOfApplication } from '../../../src/quote/rules/order-of-application.js';
import type { WalletCoupon } from '../../../src/quote/rules/quote.types.js';
import { Budget } from '../../../src/quote/rules/search/budget.js';
import { decisionsOf } from '../../../src/quote/rules/search/decisions.js';
import { Incumbent } from '../../../src/quote/rules/search/incumbent.js';
import { PatternReach } from '../../../src/quote/rules/search/pattern-reach.js';
import { poolState } from '../../../src/quote/rules/search/pool-state.js';
import { potentialOf } from '../../../src/quote/rules/search/potential.js';
import { searchProblem, type SearchProblem } from '../../../src/quote/rules/search/problem.js';
import { coupon, EVERYTHING } from './kit/build.js';

const RUNS = Number(process.env['DEEP_RUNS'] ?? 2_000);
const LIMITS = { maxWork: Infinity, fewCandidates: 0, maxPatterns: Infinity };

/** Few minor units on a line, so that rounding is a large part of everything. */
const lines = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 9 });
const percentages = fc.array(
  fc.record({
    rateBps: fc.constantFrom(1, 2_000, 5_000, 5_001, 8_000, 9_500, 9_999),
    /** A bit for each line of its scope. */
    scope: fc.integer({ min: 1, max: 511 }),
  }),
  { minLength: 1, maxLength: 6 },
);

describe('the bound of a pattern', () => {
  it('is what no set with these percentages exceeds, whichever others it has', () => {
    const some = fc.integer({ min: 0, max: 63 });
    const chosen = fc.integer({ min: 1, max: 63 });
    fc.assert(
      fc.property(lines, percentages, some, chosen, (prices, coupons, decidedOf, set) => {
        const { problem, columns } = problemOf(prices, coupons);
        const count = problem.candidates.length;
        fc.pre(count > 0);
        const members = [...problem.candidates.keys()].filter((i) => (set & (1 << i)) !== 0);
        const saved = applyCombination(
          members.map((i) => problem.candidates[i]!),
          columns,
        );
        // A set of which one saves nothing is none.
        fc.pre(members.length > 0 && saved.applications.every((a) => a.turn.discountMinor > 0));
        const decided = members.filter((_, i) => (decidedOf & (1 << i)) !== 0);
        const { decisions, pattern, reach, potential } = reachOf(problem, decided);
        const boundMinor = reach.most(decisions, pattern, potential);
        expect(boundMinor).toBeGreaterThanOrEqual(saved.discountMinor);
      }),
      { numRuns: RUNS },
    );
  });

  it('leaves room for what nine percentages before it round away from its lines', () => {
    // A little more than half a unit, so each takes 1, and all of it off the last line, which is the largest.
    const nine = Array.from({ length: 9 }, () => ({ rateBps: 9_875, scope: 15 }));
    const { problem, columns } = problemOf([10, 10, 10, 19], [...nine, { rateBps: 1, scope: 7 }]);
    const saved = applyCombination(problem.candidates, columns);
    expect(saved.discountMinor).toBe(39);
    // What saves most alone is decided first; the nine are decided here, and it is not.
    const { decisions, pattern, reach, potential } = reachOf(problem, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(reach.most(decisions, pattern, potential)).toBeGreaterThanOrEqual(39);
  });

  it('leaves room for its own shares, which may all be on lines that nothing else takes off', () => {
    const half = { rateBps: 9_500, scope: 4_095 };
    const rest = { rateBps: 1, scope: 4_032 };
    const { problem, columns } = problemOf(Array(12).fill(10), [half, rest]);
    const saved = applyCombination(problem.candidates, columns);
    expect(saved.discountMinor).toBe(66);
    const { decisions, pattern, reach, potential } = reachOf(problem, [1]);
    expect(reach.most(decisions, pattern, potential)).toBeGreaterThanOrEqual(66);
  });

  it('leaves room for weights that are rounded down in carts of millions', () => {
    const many = Array.from({ length: 9 }, () => ({ rateBps: 9_999, scope: 1 }));
    const { problem, columns } = problemOf([3_000_000_001], [...many, { rateBps: 1, scope: 1 }]);
    const saved = applyCombination(problem.candidates, columns);
    const { decisions, pattern, reach, potential } = reachOf(problem, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(reach.most(decisions, pattern, potential)).toBeGreaterThanOrEqual(saved.discountMinor);
  });
});

/** The bound where exactly these members are decided, and all other percentages are not. */
function reachOf(problem: SearchProblem, members: readonly number[]) {
  const count = problem.candidates.length;
  const pool = poolState(problem, count, new Incumbent(), new Budget(Infinity, Infinity));
  const all = decisionsOf(problem, LIMITS);
  const isFree = new Uint8Array(count).fill(1);
  for (const { candidate } of all) isFree[candidate] = 0;
  const pattern = all
    .filter(({ candidate }) => members.includes(candidate))
    .map(({ ways }) => ways[0]!)
    .sort((a, b) => a.candidate - b.candidate);
  return {
    decisions: all.filter(({ candidate }) => !members.includes(candidate)),
    pattern,
    reach: new PatternReach(pool, isFree),
    potential: potentialOf(problem, pattern, pool.unit),
  };
}

function problemOf(
  prices: readonly number[],
  percentages: readonly { readonly rateBps: number; readonly scope: number }[],
) {
  const columns = cartColumns(
    prices.map((unitPriceMinor, i) => ({
      lineId: `l${i}`,
      productId: `p${i}`,
      categoryIds: [],
      unitPriceMinor,
      quantity: 1,
    })),
  );
  const candidates = percentages
    .map(({ rateBps, scope }, i) => {
      const made: WalletCoupon = coupon(`k${i}`, { type: 'DISCOUNT', rateBps, scope: EVERYTHING });
      return { made, eligible: [...prices.keys()].filter((line) => (scope & (1 << line)) !== 0) };
    })
    .sort((a, b) => byOrderOfApplication(a.made, b.made))
    .map(({ made, eligible }) => candidateOf(made, eligible, columns))
    .filter(({ aloneMinor }) => aloneMinor > 0);
  const ranked = candidates.map((candidate, i) => ({ candidate, endRank: i, idRank: i }));
  return { problem: searchProblem(ranked, columns), columns };
}
