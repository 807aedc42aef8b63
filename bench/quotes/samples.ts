/**
 * Carts and wallets for measuring, from a seed. Prices and coupons are shaped like a shop's: a few
 * categories, whole-shop and category coupons, amounts of some percent of a cart, copies of a template.
 */
import { readCart, type SentCart } from '../../src/quote/rules/read-cart.js';
import type { Cart, WalletCoupon } from '../../src/quote/rules/quote.types.js';
import type { DiscountRules, StackStrategy } from '../../src/template/template.types.js';

export const NOW_MS = 1_800_000_000_000;

export type Mix = 'ordinary' | 'stackable' | 'hostile';

export interface Sample {
  readonly sent: SentCart;
  readonly cart: Cart;
  readonly wallet: readonly WalletCoupon[];
}

type Random = () => number;

const CATEGORIES = Array.from({ length: 12 }, (_, i) => `category-${i}`);

/** mulberry32: small, fast and the same everywhere. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function sample(seed: number, coupons: number, lines: number, mix: Mix): Sample {
  const random = seeded(seed * 7919 + coupons * 131 + lines);
  const sent = sentCart(random, lines);
  const cart = readCart(sent);
  const totalMinor = cart.lines.reduce((sum, line) => sum + line.unitPriceMinor * line.quantity, 0);
  const templates: DiscountRules[] = [];
  let remainingThresholds = 0;
  const wallet = Array.from({ length: coupons }, (_, i): WalletCoupon => {
    let rules = pick(random, templates);
    if (rules === undefined || random() < 0.7) {
      const mayRemain = mix === 'hostile' || remainingThresholds < 10;
      rules = templateRules(random, cart, totalMinor, mix, mayRemain);
      templates.push(rules);
    }
    if (rules.thresholdBasis === 'REMAINING') {
      if (mix !== 'hostile' && remainingThresholds >= 10) {
        rules = { ...rules, thresholdBasis: 'ORIGINAL' };
      } else remainingThresholds += 1;
    }
    return {
      couponId: `coupon-${String(i).padStart(4, '0')}`,
      status: 'UNUSED',
      heldForOrderId: null,
      faceValueMinor: rules.type === 'RED_PACKET' ? between(random, 100, 3_000) : null,
      validFromMs: 0,
      expiresAtMs: NOW_MS + between(random, 1, 60) * 86_400_000,
      rules,
    };
  });
  return { sent, cart, wallet };
}

function sentCart(random: Random, lines: number): SentCart {
  return {
    currency: 'CNY',
    lines: Array.from({ length: lines }, (_, i) => ({
      lineId: `line-${i}`,
      productId: `product-${between(random, 0, 399)}`,
      categoryIds: Array.from({ length: between(random, 1, 2) }, () => pick(random, CATEGORIES)!),
      unitPrice: {
        amount: `${Math.floor(5 * 60 ** random())}.${pick(random, ['00', '90', '99', '50'])}`,
        currency: 'CNY',
      },
      quantity: between(random, 1, 3),
    })),
  };
}

function templateRules(
  random: Random,
  cart: Cart,
  totalMinor: number,
  mix: Mix,
  mayRemain: boolean,
): DiscountRules {
  const type = pick(random, [
    'FULL_CUT',
    'FULL_CUT',
    'FULL_CUT',
    'DISCOUNT',
    'DISCOUNT',
    'DIRECT_CUT',
    'DIRECT_CUT',
    'RED_PACKET',
    'EXCHANGE',
  ] as const)!;
  const step = roundTo(totalMinor * (0.05 + random() * 0.4), 1_000);
  const cut = roundTo(step * (0.05 + random() * 0.15), 100);
  const remains = mayRemain && random() < (mix === 'hostile' ? 0.5 : 0.25);
  const stackStrategy: StackStrategy =
    mix === 'ordinary'
      ? pick(random, ['ALL', 'ALL', 'ALL', 'SAME_TYPE', 'SAME_TYPE', 'NONE'] as const)!
      : 'ALL';
  return {
    type,
    currency: 'CNY',
    tiers: [1, 2, 3].map((n) => ({
      thresholdMinor: step * n,
      amountMinor: Math.floor(cut * n * 1.1),
    })),
    repeatable: false,
    amountMinor: between(random, 5, 50) * 100,
    rateBps: pick(random, [9_500, 9_000, 8_800, 8_500, 8_000, 7_000])!,
    maxDiscountMinor: random() < 0.6 ? between(random, 10, 100) * 100 : null,
    thresholdMinor: random() < 0.7 || remains ? step : null,
    thresholdBasis: remains ? 'REMAINING' : 'ORIGINAL',
    scope: scopeFor(random, cart),
    stackStrategy,
    priority: between(random, 0, 3),
    exclusionGroup: random() < 0.15 ? `group-${between(random, 0, 2)}` : null,
    userLevels: [],
  };
}

function scopeFor(random: Random, cart: Cart): DiscountRules['scope'] {
  const kind = random();
  const some = <T>(count: number, from: readonly T[]) =>
    Array.from({ length: count }, () => pick(random, from)!);
  return {
    includeProducts: kind > 0.85 ? some(3, cart.lines).map((line) => line.productId) : [],
    includeCategories: kind > 0.4 && kind <= 0.85 ? some(between(random, 1, 4), CATEGORIES) : [],
    excludeProducts: [],
    excludeCategories: random() < 0.1 ? some(1, CATEGORIES) : [],
  };
}

function pick<T>(random: Random, from: readonly T[]): T | undefined {
  return from[Math.floor(random() * from.length)];
}

function between(random: Random, min: number, max: number): number {
  return min + Math.floor(random() * (max - min + 1));
}

function roundTo(amount: number, unit: number): number {
  return Math.max(unit, Math.round(amount / unit) * unit);
}
