/**
 * The meaning of a quote, written down once more and as plainly as possible: every subset of the
 * coupons is tried, with bigint, and nothing is shared with the engine. Slow on purpose.
 */
import type { DiscountRules } from '../../../../src/template/template.types.js';
import type { Cart, CartLine, WalletCoupon } from '../../../../src/quote/rules/quote.types.js';

export interface ReferenceTurn {
  readonly couponId: string;
  readonly discount: bigint;
  readonly shares: readonly bigint[];
}

export interface ReferenceAnswer {
  readonly total: bigint;
  readonly turns: readonly ReferenceTurn[];
}

export function bestByBruteForce(
  cart: Cart,
  usable: readonly WalletCoupon[],
  maxCoupons: number,
): ReferenceAnswer {
  const coupons = [...usable].sort(inOrderOfApplication);
  let best: { coupons: WalletCoupon[]; turns: ReferenceTurn[]; total: bigint } = {
    coupons: [],
    turns: [],
    total: 0n,
  };
  const tryAll = (from: number, set: WalletCoupon[], turns: ReferenceTurn[], left: bigint[]) => {
    const total = turns.reduce((sum, turn) => sum + turn.discount, 0n);
    if (isBetter({ coupons: set, total }, best)) best = { coupons: set, turns, total };
    if (set.length === maxCoupons) return;
    for (let i = from; i < coupons.length; i++) {
      const coupon = coupons[i]!;
      if (!set.every((other) => compatible(coupon.rules, other.rules))) continue;
      const turn = turnOf(coupon, cart, left);
      if (turn.discount === 0n) continue; // must save something in its turn
      const leftAfter = left.map((amount, line) => amount - turn.shares[line]!);
      tryAll(i + 1, [...set, coupon], [...turns, turn], leftAfter);
    }
  };
  tryAll(0, [], [], cart.lines.map(cost));
  return { total: best.total, turns: best.turns };
}

export function turnOf(coupon: WalletCoupon, cart: Cart, left: readonly bigint[]): ReferenceTurn {
  const { rules } = coupon;
  const inScope = cart.lines.map((line) => eligible(line, rules));
  const base = sum(left.filter((_, i) => inScope[i]));
  const original = sum(cart.lines.map(cost).filter((_, i) => inScope[i]));
  const basis = rules.thresholdBasis === 'REMAINING' ? base : original;
  const reached = (threshold: number | null) => basis >= BigInt(threshold ?? 0);
  const none = left.map(() => 0n);
  const spread = (amount: bigint): ReferenceTurn => {
    const discount = amount < base ? amount : base;
    const weights = left.map((amountLeft, i) => (inScope[i] ? amountLeft : 0n));
    return { couponId: coupon.couponId, discount, shares: largestRemainder(discount, weights) };
  };
  const capped = (amount: bigint) =>
    rules.maxDiscountMinor !== null && amount > BigInt(rules.maxDiscountMinor)
      ? BigInt(rules.maxDiscountMinor)
      : amount;
  switch (rules.type) {
    case 'FULL_CUT': {
      const tier = rules.tiers.findLast(({ thresholdMinor }) => reached(thresholdMinor));
      if (tier === undefined) return spread(0n);
      if (!rules.repeatable) return spread(BigInt(tier.amountMinor));
      return spread(capped((basis / BigInt(tier.thresholdMinor)) * BigInt(tier.amountMinor)));
    }
    case 'DISCOUNT': {
      if (!reached(rules.thresholdMinor)) return spread(0n);
      const offTenThousandths = base * BigInt(10_000 - rules.rateBps!);
      return spread(capped((offTenThousandths + 5_000n) / 10_000n));
    }
    case 'DIRECT_CUT':
      return spread(reached(rules.thresholdMinor) ? BigInt(rules.amountMinor!) : 0n);
    case 'RED_PACKET':
      return spread(reached(rules.thresholdMinor) ? BigInt(coupon.faceValueMinor!) : 0n);
    case 'EXCHANGE': {
      if (!reached(rules.thresholdMinor)) return spread(0n);
      const units = left.map((amount, i) => {
        const price = BigInt(cart.lines[i]!.unitPriceMinor);
        return !inScope[i] ? 0n : price < amount ? price : amount;
      });
      const largest = units.reduce((most, unit) => (unit > most ? unit : most), 0n);
      const shares = [...none];
      if (largest > 0n) shares[units.indexOf(largest)] = largest;
      return { couponId: coupon.couponId, discount: largest, shares };
    }
  }
}

export function eligible(line: CartLine, { scope }: DiscountRules): boolean {
  const inCategories = (ids: readonly string[]) => line.categoryIds.some((id) => ids.includes(id));
  if (scope.excludeProducts.includes(line.productId)) return false;
  if (inCategories(scope.excludeCategories)) return false;
  if (scope.includeProducts.length + scope.includeCategories.length === 0) return true;
  return scope.includeProducts.includes(line.productId) || inCategories(scope.includeCategories);
}

function compatible(a: DiscountRules, b: DiscountRules): boolean {
  if (a.exclusionGroup !== null && a.exclusionGroup === b.exclusionGroup) return false;
  for (const { stackStrategy } of [a, b]) {
    if (stackStrategy === 'NONE') return false;
    if (stackStrategy === 'SAME_TYPE' && a.type !== b.type) return false;
  }
  return true;
}

/** Exact shares as fractions over the sum of weights; whoever lost the largest fraction gets the next unit. */
export function largestRemainder(amount: bigint, weights: readonly bigint[]): bigint[] {
  const whole = sum(weights);
  if (whole === 0n) return weights.map(() => 0n);
  const shares = weights.map((weight) => (amount * weight) / whole);
  const lost = weights.map((weight, i) => amount * weight - shares[i]! * whole);
  for (let left = amount - sum(shares); left > 0n; left--) {
    const next = lost.reduce((best, fraction, i) => (fraction > lost[best]! ? i : best), 0);
    shares[next]! += 1n;
    lost[next] = -1n;
  }
  return shares;
}

interface Choice {
  readonly coupons: readonly WalletCoupon[];
  readonly total: bigint;
}

function isBetter(a: Choice, b: Choice): boolean {
  if (a.total !== b.total) return a.total > b.total;
  if (a.coupons.length !== b.coupons.length) return a.coupons.length < b.coupons.length;
  const ends = (choice: Choice) => choice.coupons.map((c) => c.expiresAtMs).sort((x, y) => x - y);
  const ids = (choice: Choice) => choice.coupons.map((c) => c.couponId).sort();
  for (const list of [ends, ids]) {
    const [x, y] = [list(a), list(b)];
    for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return x[i]! < y[i]!;
  }
  return false;
}

function inOrderOfApplication(a: WalletCoupon, b: WalletCoupon): number {
  if (a.rules.priority !== b.rules.priority) return b.rules.priority - a.rules.priority;
  if (a.expiresAtMs !== b.expiresAtMs) return a.expiresAtMs - b.expiresAtMs;
  return a.couponId < b.couponId ? -1 : 1;
}

function cost(line: CartLine): bigint {
  return BigInt(line.unitPriceMinor) * BigInt(line.quantity);
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
