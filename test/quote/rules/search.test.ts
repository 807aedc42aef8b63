/** The fast ways of the search against the definitions they must equal, and its limits. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate } from '../../../src/kernel/allocation.js';
import { computeQuote } from '../../../src/quote/rules/compute-quote.js';
import { DISCOUNT_KINDS } from '../../../src/quote/rules/discounts/index.js';
import type { TermLines, Terms } from '../../../src/quote/rules/discounts/discount.types.js';
import { mayStandTogether } from '../../../src/quote/rules/stacking.js';
import type { Cart, WalletCoupon } from '../../../src/quote/rules/quote.types.js';
import { isEligible } from '../../../src/quote/rules/scope.js';
import { ScopeIndex } from '../../../src/quote/rules/scope-index.js';
import { spreadScratch, takeOff } from '../../../src/quote/rules/search/spread.js';
import {
  cart,
  CONTEXT,
  HUGE,
  rules,
  SHOP,
  SMALL,
  strainingRules,
  wallet,
} from './kit/arbitraries.js';
import { bestByBruteForce, turnOf } from './kit/reference.js';

const RUNS = Number(process.env['DEEP_RUNS'] ?? 2_000);

describe('the fast ways', () => {
  it('find the eligible lines of the definition', () => {
    fc.assert(
      fc.property(cart(SMALL, 12), fc.array(rules(), { maxLength: 4 }), (cart, templates) => {
        const index = new ScopeIndex(cart.lines);
        for (const { scope } of [...templates, ...templates]) {
          const expected = cart.lines.flatMap((line, i) => (isEligible(line, scope) ? [i] : []));
          expect(index.eligible(scope)).toEqual(expected);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('spread a discount as the kernel does', () => {
    const amount = fc.oneof(fc.nat({ max: 9 }), fc.nat({ max: 5_000 }), fc.nat({ max: 2 ** 45 }));
    const lines = fc.array(fc.oneof(amount, fc.constantFrom(0, 7, 100)), {
      minLength: 1,
      maxLength: 60,
    });
    const property = fc.property(lines, fc.nat(), fc.nat({ max: 9 }), (remaining, part, skip) => {
      const eligible = remaining.flatMap((_, i) => (i % 10 === skip ? [] : [i]));
      const weights = eligible.map((line) => remaining[line]!);
      const base = weights.reduce((sum, weight) => sum + weight, 0);
      fc.pre(base > 0);
      const discount = 1 + (part % base);
      const left = Float64Array.from(remaining);
      takeOff(discount, base, Int32Array.from(eligible), left, spreadScratch(remaining.length));
      const shares = allocate(discount, weights);
      const expected = [...remaining];
      eligible.forEach((line, i) => (expected[line]! -= shares[i]!));
      expect([...left]).toEqual(expected);
    });
    fc.assert(property, { numRuns: RUNS });
  });
});

describe('every registered type of discount', () => {
  const amounts = fc.array(fc.nat({ max: 400 }), { minLength: 1, maxLength: 5 });
  const meeting = fc.record({
    rules: fc.oneof(rules(SMALL), rules(SHOP)),
    face: fc.nat({ max: 100 }),
    price: amounts,
    more: amounts,
    less: fc.array(fc.nat({ max: 400 }), { minLength: 5, maxLength: 5 }),
  });

  it('saves no more when less remains, and no more than its ceiling', () => {
    const property = fc.property(meeting, ({ rules, face, price, more, less }) => {
      const kind = DISCOUNT_KINDS[rules.type];
      const at = (remaining: readonly number[]): [Terms, TermLines] => {
        const base = remaining.reduce((sum, amount) => sum + amount, 0);
        const terms = { rules, faceValueMinor: face, basisMinor: base, baseMinor: base };
        const unitPriceMinor = more.map((_, i) => price[i % price.length]!);
        const eligible = [...remaining.keys()];
        return [terms, { eligible, unitPriceMinor, remainingMinor: remaining }];
      };
      const [terms, lines] = at(more);
      const full = kind.discount(terms, lines).amountMinor;
      expect(full).toBeLessThanOrEqual(kind.ceilingMinor(terms));
      const smaller = at(more.map((amount, i) => Math.min(amount, less[i]!)));
      expect(kind.discount(...smaller).amountMinor).toBeLessThanOrEqual(full);
      const kept = kind.keptBps(rules, terms.baseMinor);
      if (kept !== null) {
        const { baseMinor } = smaller[0];
        const off = kind.discount(...smaller).amountMinor;
        expect(Math.abs(off * 10_000 - baseMinor * (10_000 - kept))).toBeLessThanOrEqual(5_000);
      }
    });
    fc.assert(property, { numRuns: RUNS });
  });
});

describe('a search that stops at its limit', () => {
  const straining = fc.tuple(
    cart(SHOP, 10),
    wallet(9, SHOP, strainingRules()),
    fc.nat({ max: 12 }),
  );

  it('says BOUNDED, with a bound that no combination exceeds', () => {
    let bounded = 0;
    const property = fc.property(straining, ([cart, wallet, nodeLimit]) => {
      const quote = computeQuote(cart, wallet, { ...CONTEXT, nodeLimit });
      const best = Number(bestByBruteForce(cart, wallet, 10).total);
      expect(quote.nodes).toBeLessThanOrEqual(nodeLimit);
      expect(quote.discountMinor).toBeLessThanOrEqual(best);
      if (quote.optimality === 'PROVED') {
        expect(quote.upperBoundMinor).toBeNull();
        expect(quote.discountMinor).toBe(best);
        return;
      }
      bounded += 1;
      expect(quote.upperBoundMinor).toBeGreaterThanOrEqual(best);
      expect(quote.upperBoundMinor).toBeLessThanOrEqual(quote.subtotalMinor);
    });
    fc.assert(property, { numRuns: Math.ceil(RUNS / 4) });
    expect(bounded).toBeGreaterThan(0);
  });

  it('is never worse than the greedy answer', () => {
    const either = fc.oneof(straining, fc.tuple(cart(HUGE, 8), wallet(8, HUGE), fc.constant(0)));
    const property = fc.property(either, ([cart, wallet]) => {
      const quote = computeQuote(cart, wallet, { ...CONTEXT, nodeLimit: 0 });
      expect(BigInt(quote.discountMinor)).toBeGreaterThanOrEqual(greedy(cart, wallet));
    });
    fc.assert(property, { numRuns: Math.ceil(RUNS / 4) });
  });

  it('stops at the same place every time', () => {
    fc.assert(
      fc.property(straining, ([cart, wallet, nodeLimit]) => {
        const once = computeQuote(cart, wallet, { ...CONTEXT, nodeLimit });
        expect(computeQuote(cart, wallet, { ...CONTEXT, nodeLimit })).toEqual(once);
      }),
      { numRuns: Math.ceil(RUNS / 20) },
    );
  });
});

/** What saves most alone first, each kept if it may stand beside the kept ones and they save more with it. */
function greedy(cart: Cart, wallet: readonly WalletCoupon[]): bigint {
  const subtotals = cart.lines.map((line) => BigInt(line.unitPriceMinor) * BigInt(line.quantity));
  const alone = (coupon: WalletCoupon) => turnOf(coupon, cart, subtotals).discount;
  const order = inOrder(wallet);
  const byAlone = [...order].sort((a, b) => Number(alone(b) - alone(a)));
  let kept: WalletCoupon[] = [];
  let saved = 0n;
  for (const coupon of byAlone) {
    if (!kept.every((other) => mayStandTogether(coupon.rules, other.rules))) continue;
    const tried = inOrder([...kept, coupon]);
    let left = subtotals;
    let total = 0n;
    for (const one of tried) {
      const turn = turnOf(one, cart, left);
      left = left.map((amount, i) => amount - turn.shares[i]!);
      total = turn.discount === 0n ? -1_000_000_000_000_000_000n : total + turn.discount;
    }
    if (total > saved) [kept, saved] = [tried, total];
  }
  return saved;
}

function inOrder(coupons: readonly WalletCoupon[]): WalletCoupon[] {
  return [...coupons].sort(
    (a, b) =>
      b.rules.priority - a.rules.priority ||
      a.expiresAtMs - b.expiresAtMs ||
      (a.couponId < b.couponId ? -1 : 1),
  );
}
