/**
 * The engine against the definition: whatever the wallet and the cart, total, set and shares are those
 * of the brute-force reference. `npm test` runs a few thousand samples; DEEP_RUNS asks for more.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeQuote } from '../../../src/quote/rules/compute-quote.js';
import type { Cart, QuoteResult, WalletCoupon } from '../../../src/quote/rules/quote.types.js';
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

function appliedOf(quote: QuoteResult) {
  return quote.applied.map(({ couponId, discountMinor, lines }) => ({
    couponId,
    discount: BigInt(discountMinor),
    shares: lines.map((share) => [share.lineId, BigInt(share.discountMinor)]),
  }));
}
