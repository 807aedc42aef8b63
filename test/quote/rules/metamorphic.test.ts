/** What must hold between two quotes, whatever the answer is. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeQuote } from '../../../src/quote/rules/compute-quote.js';
import type { Cart, QuoteResult, WalletCoupon } from '../../../src/quote/rules/quote.types.js';
import { readCart } from '../../../src/quote/rules/read-cart.js';
import { formatMinor } from '../../../src/kernel/money.js';
import type { DiscountRules } from '../../../src/template/template.types.js';
import { cart, CONTEXT, HUGE, SMALL, wallet } from './kit/arbitraries.js';

const RUNS = Math.ceil(Number(process.env['DEEP_RUNS'] ?? 2_000) / 4);
const scale = fc.constantFrom(SMALL, HUGE);
const sample = scale.chain((one) => fc.tuple(cart(one, 8), wallet(12, one)));

describe('a quote', () => {
  it('saves no less with one coupon more', () => {
    const property = fc.property(sample, ([cart, wallet]) => {
      fc.pre(wallet.length > 0);
      const fewer = computeQuote(cart, wallet.slice(1), CONTEXT);
      const more = computeQuote(cart, wallet, CONTEXT);
      expect([fewer.optimality, more.optimality]).toEqual(['PROVED', 'PROVED']);
      expect(more.discountMinor).toBeGreaterThanOrEqual(fewer.discountMinor);
    });
    fc.assert(property, { numRuns: RUNS });
  });

  it('is the same in whatever order lines and coupons are sent', () => {
    const shuffled = sample.chain(([cart, wallet]) => {
      const all = { minLength: cart.lines.length, maxLength: cart.lines.length };
      return fc.tuple(
        fc.constant(cart),
        fc.constant(wallet),
        fc.shuffledSubarray([...cart.lines], all),
        fc.shuffledSubarray(wallet, { minLength: wallet.length, maxLength: wallet.length }),
      );
    });
    const property = fc.property(shuffled, ([cart, wallet, lines, coupons]) => {
      const first = computeQuote(resent(cart, cart.lines), wallet, CONTEXT);
      expect(computeQuote(resent(cart, lines), coupons, CONTEXT)).toEqual(first);
    });
    fc.assert(property, { numRuns: RUNS });
  });

  it('of one coupon without percentages scales with one more digit of the currency', () => {
    const one = fc.tuple(cart(SMALL), wallet(1, SMALL)).filter(([, [coupon]]) => {
      return coupon !== undefined && coupon.rules.type !== 'DISCOUNT';
    });
    const property = fc.property(one, ([cart, wallet]) => {
      const plain = computeQuote(cart, wallet, CONTEXT);
      const finer = computeQuote(scaledCart(cart), wallet.map(scaledCoupon), CONTEXT);
      expect(finer.discountMinor).toBe(plain.discountMinor * 10);
      expect(finer.options.map(({ reason }) => reason?.shortfall?.amountMinor)).toEqual(
        plain.options.map(({ reason }) => reason?.shortfall && reason.shortfall.amountMinor * 10),
      );
    });
    fc.assert(property, { numRuns: RUNS });
  });

  it('adds up: lines, coupons, shares and what is left to pay', () => {
    fc.assert(
      fc.property(sample, ([cart, wallet]) => {
        expectSums(computeQuote(cart, wallet, CONTEXT));
      }),
      { numRuns: RUNS },
    );
  });

  it.each(['JPY', 'CNY', 'KWD'])('in %s computes in minor units alone', (currency) => {
    const property = fc.property(sample, ([cart, wallet]) => {
      const there = computeQuote(
        resent({ ...cart, currency }, cart.lines),
        wallet.map((coupon) => ({ ...coupon, rules: { ...coupon.rules, currency } })),
        CONTEXT,
      );
      const { discountMinor, lines } = computeQuote(cart, wallet, CONTEXT);
      expect({ discountMinor: there.discountMinor, lines: there.lines }).toEqual({
        discountMinor,
        lines,
      });
    });
    fc.assert(property, { numRuns: Math.ceil(RUNS / 4) });
  });
});

function resent({ currency }: Cart, lines: Cart['lines']): Cart {
  return readCart({
    currency,
    lines: lines.map((line) => ({
      ...line,
      unitPrice: { amount: formatMinor(line.unitPriceMinor, currency), currency },
    })),
  });
}

function expectSums(quote: QuoteResult): void {
  const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);
  expect(sum(quote.lines.map((line) => line.discountMinor))).toBe(quote.discountMinor);
  expect(sum(quote.applied.map((coupon) => coupon.discountMinor))).toBe(quote.discountMinor);
  expect(quote.subtotalMinor - quote.discountMinor).toBe(quote.payableMinor);
  for (const line of quote.lines) {
    const ofCoupons = quote.applied.flatMap((coupon) => coupon.lines);
    const shares = ofCoupons.filter(({ lineId }) => lineId === line.lineId);
    expect(sum(shares.map((share) => share.discountMinor))).toBe(line.discountMinor);
    expect(line.discountMinor).toBeGreaterThanOrEqual(0);
    expect(line.payableMinor).toBeGreaterThanOrEqual(0);
    expect(line.payableMinor).toBe(line.subtotalMinor - line.discountMinor);
  }
  for (const { discountMinor } of quote.applied) expect(discountMinor).toBeGreaterThan(0);
  expect(quote.lines.every((line) => Number.isSafeInteger(line.discountMinor))).toBe(true);
}

function scaledCart(cart: Cart): Cart {
  const lines = cart.lines.map((line) => ({ ...line, unitPriceMinor: line.unitPriceMinor * 10 }));
  return { ...cart, lines };
}

function scaledCoupon(coupon: WalletCoupon): WalletCoupon {
  const times10 = (amount: number | null) => (amount === null ? null : amount * 10);
  const { rules } = coupon;
  const scaled: DiscountRules = {
    ...rules,
    tiers: rules.tiers.map(({ thresholdMinor, amountMinor }) => ({
      thresholdMinor: thresholdMinor * 10,
      amountMinor: amountMinor * 10,
    })),
    amountMinor: times10(rules.amountMinor),
    maxDiscountMinor: times10(rules.maxDiscountMinor),
    thresholdMinor: times10(rules.thresholdMinor),
  };
  return { ...coupon, faceValueMinor: times10(coupon.faceValueMinor), rules: scaled };
}
