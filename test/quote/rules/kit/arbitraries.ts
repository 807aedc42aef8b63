/**
 * Random carts and wallets. Small numbers and few distinct values on purpose: ties, missed thresholds,
 * emptied lines and rounding happen in almost every sample.
 */
import fc from 'fast-check';
import type {
  Cart,
  CartLine,
  QuoteContext,
  WalletCoupon,
} from '../../../../src/quote/rules/quote.types.js';
import { COUPON_TYPES, type DiscountRules } from '../../../../src/template/template.types.js';

export const NOW_MS = 1_000_000;

export const CONTEXT: QuoteContext = {
  nowMs: NOW_MS,
  userLevel: null,
  orderId: null,
  maxCoupons: 10,
  nodeLimit: 1_000_000,
};

/** How large the amounts of a sample are. */
export interface Scale {
  /** Price and quantity of a line. */
  readonly line: fc.Arbitrary<readonly [number, number]>;
  readonly amount: fc.Arbitrary<number>;
  readonly threshold: fc.Arbitrary<number>;
}

export const SMALL: Scale = {
  line: fc.tuple(
    fc.oneof(fc.integer({ min: 0, max: 60 }), fc.constantFrom(0, 1, 10, 20, 33, 100)),
    fc.integer({ min: 1, max: 4 }),
  ),
  amount: fc.oneof(fc.integer({ min: 1, max: 80 }), fc.constantFrom(5, 10, 20, 30)),
  threshold: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constantFrom(20, 50, 100)),
};

/** Amounts as in a shop, in cents, and coupons so large that they push each other below thresholds. */
export const SHOP: Scale = {
  line: fc.tuple(fc.integer({ min: 100, max: 10_000 }), fc.integer({ min: 1, max: 3 })),
  amount: fc.integer({ min: 100, max: 12_000 }),
  threshold: fc.integer({ min: 1_000, max: 40_000 }),
};

/** Amounts of 10^12 and quantities of 10^6, as far as eight lines stay safe integers. */
export const HUGE: Scale = {
  line: fc.oneof(
    fc.tuple(fc.integer({ min: 0, max: 1_000_000_000 }), fc.integer({ min: 1, max: 1_000_000 })),
    fc.tuple(fc.constantFrom(0, 1, 1_000_000_000), fc.constantFrom(1, 1_000_000)),
    fc.tuple(fc.constantFrom(999_999_999_999, 1_000_000_000_000), fc.integer({ min: 1, max: 999 })),
  ),
  amount: fc.oneof(
    fc.integer({ min: 1, max: 1_000_000_000_000 }),
    fc.constantFrom(1, 1_000_000_000_000),
  ),
  threshold: fc.integer({ min: 1, max: 1_000_000_000_000 }),
};

const PRODUCTS = ['p1', 'p2', 'p3', 'p4'];
const CATEGORIES = ['c1', 'c2', 'c3'];

function line(scale: Scale): fc.Arbitrary<Omit<CartLine, 'lineId'>> {
  return fc
    .record({
      productId: fc.constantFrom(...PRODUCTS),
      categoryIds: fc.uniqueArray(fc.constantFrom(...CATEGORIES), { maxLength: 2 }),
      cost: scale.line,
    })
    .map(({ cost: [unitPriceMinor, quantity], ...ids }) => ({ ...ids, unitPriceMinor, quantity }));
}

export function cart(scale: Scale = SMALL, maxLines = 6): fc.Arbitrary<Cart> {
  return fc.array(line(scale), { minLength: 1, maxLength: maxLines }).map((lines) => ({
    currency: 'CNY',
    lines: lines.map((one, i) => ({ ...one, lineId: `l${String(i).padStart(3, '0')}` })),
  }));
}

const scope: fc.Arbitrary<readonly [string[], string[], string[], string[]]> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<[string[], string[], string[], string[]]>([[], [], [], []]) },
  {
    weight: 3,
    arbitrary: fc.tuple(
      fc.uniqueArray(fc.constantFrom(...PRODUCTS), { maxLength: 2 }),
      fc.uniqueArray(fc.constantFrom(...CATEGORIES), { maxLength: 2 }),
      fc.uniqueArray(fc.constantFrom(...PRODUCTS), { maxLength: 1 }),
      fc.uniqueArray(fc.constantFrom(...CATEGORIES), { maxLength: 1 }),
    ),
  },
);

const strategy = fc.oneof(
  { weight: 5, arbitrary: fc.constant('ALL' as const) },
  { weight: 2, arbitrary: fc.constant('SAME_TYPE' as const) },
  { weight: 1, arbitrary: fc.constant('NONE' as const) },
);

export function rules(scale: Scale = SMALL): fc.Arbitrary<DiscountRules> {
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 2 });
  return fc
    .record({
      type: fc.constantFrom(...COUPON_TYPES),
      steps: fc.array(fc.tuple(scale.threshold, scale.amount), { minLength: 1, maxLength: 3 }),
      repeatable: fc.boolean(),
      amountMinor: scale.amount,
      rateBps: fc.oneof(
        fc.constantFrom(5_000, 8_000, 9_000, 9_500),
        fc.integer({ min: 1, max: 9_999 }),
      ),
      maxDiscountMinor: maybe(scale.amount),
      thresholdMinor: maybe(scale.threshold),
      thresholdBasis: fc.constantFrom('REMAINING' as const, 'ORIGINAL' as const),
      scope,
      stackStrategy: strategy,
      priority: fc.integer({ min: 0, max: 2 }),
      exclusionGroup: fc.oneof(
        { weight: 4, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.constantFrom('g1', 'g2') },
      ),
    })
    .map(({ steps, repeatable, scope: [ip, ic, ep, ec], ...rest }) => ({
      ...rest,
      currency: 'CNY',
      tiers: ascendingTiers(repeatable ? steps.slice(0, 1) : steps),
      repeatable,
      scope: {
        includeProducts: ip,
        includeCategories: ic,
        excludeProducts: ep,
        excludeCategories: ec,
      },
      userLevels: [],
    }));
}

function ascendingTiers(steps: readonly (readonly [number, number])[]) {
  let thresholdMinor = 0;
  let amountMinor = 0;
  return steps.map(([threshold, amount]) => {
    thresholdMinor += threshold;
    amountMinor += amount;
    return { thresholdMinor, amountMinor };
  });
}

/** Rules that strain the bound: all stack, most are percentages or have tiers on what remains. */
export function strainingRules(scale: Scale = SHOP): fc.Arbitrary<DiscountRules> {
  return fc
    .tuple(rules(scale), fc.constantFrom('DISCOUNT' as const, 'FULL_CUT' as const, null))
    .map(([one, type]) => ({
      ...one,
      type: type ?? one.type,
      stackStrategy: 'ALL' as const,
      thresholdBasis: type === 'FULL_CUT' ? ('REMAINING' as const) : one.thresholdBasis,
    }));
}

/** Coupons of a few templates, so that copies of one template are common. */
export function wallet(
  maxCoupons = 12,
  scale: Scale = SMALL,
  template: fc.Arbitrary<DiscountRules> = rules(scale),
): fc.Arbitrary<WalletCoupon[]> {
  return fc
    .record({
      templates: fc.array(template, { minLength: 1, maxLength: maxCoupons }),
      picks: fc.array(
        fc.record({
          template: fc.nat(),
          face: scale.amount,
          expiresAtMs: fc.integer({ min: NOW_MS + 1, max: NOW_MS + 4 }),
          id: fc.integer({ min: 0, max: 999 }),
        }),
        { minLength: 0, maxLength: maxCoupons },
      ),
    })
    .map(({ templates, picks }) =>
      picks.map(({ template, face, expiresAtMs, id }, i) => {
        const chosen = templates[template % templates.length]!;
        return {
          couponId: `k${String(id).padStart(3, '0')}${i}`,
          status: 'UNUSED' as const,
          heldForOrderId: null,
          faceValueMinor: chosen.type === 'RED_PACKET' ? face : null,
          validFromMs: 0,
          expiresAtMs,
          rules: chosen,
        };
      }),
    );
}
