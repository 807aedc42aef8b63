/** Carts and coupons written down by hand: what is not said is the plainest case. */
import { computeQuote } from '../../../../src/quote/rules/compute-quote.js';
import { readCart, type SentLine } from '../../../../src/quote/rules/read-cart.js';
import type {
  Cart,
  CouponOption,
  QuoteContext,
  QuoteResult,
  WalletCoupon,
} from '../../../../src/quote/rules/quote.types.js';
import type { DiscountRules, UsageScope } from '../../../../src/template/template.types.js';
import { CONTEXT, NOW_MS } from './arbitraries.js';

export const EVERYTHING: UsageScope = {
  includeProducts: [],
  excludeProducts: [],
  includeCategories: [],
  excludeCategories: [],
};

/** `a: '10.00 x 3 shoes,sale'` is line a of product a, three units, in two categories. */
export function cartOf(lines: Readonly<Record<string, string>>, currency = 'CNY'): Cart {
  return readCart({
    currency,
    lines: Object.entries(lines).map(([lineId, text]): SentLine => {
      const [amount, , quantity, categories] = text.split(' ');
      return {
        lineId,
        productId: lineId,
        categoryIds: categories?.split(',') ?? [],
        unitPrice: { amount: amount!, currency },
        quantity: Number(quantity ?? 1),
      };
    }),
  });
}

type Rules = Partial<DiscountRules> & Pick<DiscountRules, 'type'>;

export function coupon(
  couponId: string,
  rules: Rules,
  facts: Partial<Omit<WalletCoupon, 'couponId' | 'rules'>> = {},
): WalletCoupon {
  return {
    couponId,
    status: 'UNUSED',
    heldForOrderId: null,
    faceValueMinor: null,
    validFromMs: 0,
    expiresAtMs: NOW_MS + 1_000,
    ...facts,
    rules: {
      currency: 'CNY',
      tiers: [],
      repeatable: false,
      amountMinor: null,
      rateBps: null,
      maxDiscountMinor: null,
      thresholdMinor: null,
      thresholdBasis: 'REMAINING',
      scope: EVERYTHING,
      stackStrategy: 'ALL',
      priority: 0,
      exclusionGroup: null,
      userLevels: [],
      ...rules,
    },
  };
}

export function quote(
  cart: Cart,
  wallet: readonly WalletCoupon[],
  context: Partial<QuoteContext> = {},
): QuoteResult {
  return computeQuote(cart, wallet, { ...CONTEXT, ...context });
}

/** What came off each line, by lineId. */
export function sharesOf(result: QuoteResult): Record<string, number> {
  return Object.fromEntries(result.lines.map((line) => [line.lineId, line.discountMinor]));
}

export function appliedIds(result: QuoteResult): string[] {
  return result.applied.map(({ couponId }) => couponId);
}

export function optionOf(result: QuoteResult, couponId: string): CouponOption {
  const found = result.options.find((option) => option.couponId === couponId);
  if (found === undefined) throw new Error(`no option for ${couponId}`);
  return found;
}
