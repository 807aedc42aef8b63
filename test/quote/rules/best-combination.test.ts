/**
 * The engine against the definition: whatever the wallet and the cart, total, set and shares are those
 * of the brute-force reference. `npm test` runs a few thousand samples; DEEP_RUNS asks for more.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidateOf, cartColumns, type Candidate } from '../../../src/quote/rules/candidate.js';
import { computeQuote } from '../../../src/quote/rules/compute-quote.js';
import type { Cart, QuoteResult, WalletCoupon } from '../../../src/quote/rules/quote.types.js';
import { byOrderOfApplication } from '../../../src/quote/rules/order-of-application.js';
import { ScopeIndex } from '../../../src/quote/rules/scope-index.js';
import { findBestCombination } from '../../../src/quote/rules/search/find-best-combination.js';
import { cart, CONTEXT, HUGE, SHOP, SMALL, strainingRules, wallet } from './kit/arbitraries.js';
import { bestByBruteForce } from './kit/reference.js';

const RUNS = Number(process.env['DEEP_RUNS'] ?? 2_000);

describe('the best combination', () => {
  it('equals the brute-force reference in total, set and shares', () => {
    fc.assert(
      fc.property(cart(SMALL), wallet(12), fc.integer({ min: 1, max: 10 }), expectReference),
      { numRuns: RUNS },
    );
  });

  it('equals the reference where percentages and tiers on what remains stack', () => {
    const straining = wallet(9, SHOP, strainingRules());
    fc.assert(fc.property(cart(SHOP, 12), straining, fc.constantFrom(3, 10), expectReference), {
      numRuns: Math.ceil(RUNS / 4),
    });
  });

  it('is the same whatever is decided first', () => {
    const many = fc.oneof(
      wallet(9, SHOP, strainingRules()),
      wallet(9, SMALL, strainingRules(SMALL)),
    );
    const carts = fc.oneof(cart(SHOP, 12), cart(SMALL, 6));
    fc.assert(
      fc.property(carts, many, fc.constantFrom(2, 4, 10), (cart, wallet, maxCoupons) => {
        const found = findBestCombination(
          candidatesOf(cart, wallet),
          cartColumns(cart.lines),
          {
            maxCoupons,
            nodeLimit: Infinity,
          },
          { maxWork: Infinity, fewCandidates: 0, maxPatterns: Infinity },
        );
        const expected = bestByBruteForce(cart, wallet, maxCoupons).turns;
        expect(found.candidates.map(({ coupon }) => coupon.couponId)).toEqual(
          expected.map(({ couponId }) => couponId),
        );
      }),
      { numRuns: RUNS },
    );
  });

  it('equals the reference where products leave the safe integers', () => {
    fc.assert(fc.property(cart(HUGE, 8), wallet(6, HUGE), fc.constant(10), expectReference), {
      numRuns: Math.ceil(RUNS / 10),
    });
  });
});

function expectReference(cart: Cart, wallet: readonly WalletCoupon[], maxCoupons: number): void {
  const quote = computeQuote(cart, wallet, { ...CONTEXT, maxCoupons });
  const expected = bestByBruteForce(cart, wallet, maxCoupons);
  expect(quote.optimality).toBe('PROVED');
  expect(appliedOf(quote)).toEqual(
    expected.turns.map(({ couponId, discount, shares }) => ({
      couponId,
      discount,
      shares: shares.flatMap((share, i) => (share > 0n ? [[cart.lines[i]!.lineId, share]] : [])),
    })),
  );
  expect(BigInt(quote.discountMinor)).toBe(expected.total);
}

function candidatesOf(cart: Cart, wallet: readonly WalletCoupon[]): Candidate[] {
  const index = new ScopeIndex(cart.lines);
  const columns = cartColumns(cart.lines);
  return [...wallet]
    .sort(byOrderOfApplication)
    .map((coupon) => candidateOf(coupon, index.eligible(coupon.rules.scope), columns));
}

function appliedOf(quote: QuoteResult) {
  return quote.applied.map(({ couponId, discountMinor, lines }) => ({
    couponId,
    discount: BigInt(discountMinor),
    shares: lines.map((share) => [share.lineId, BigInt(share.discountMinor)]),
  }));
}
