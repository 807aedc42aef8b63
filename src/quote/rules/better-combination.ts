/**
 * Which of two combinations is better: the larger total; then fewer coupons; then the one whose sorted
 * ends come earlier (spend what dies first); then the smaller sorted ids. Two different sets are never
 * equal, so a quote has one answer.
 */
import { byCodeUnits } from './order-of-application.js';
import type { WalletCoupon } from './quote.types.js';

export interface Combination {
  readonly discountMinor: number;
  readonly coupons: readonly WalletCoupon[];
}

/** Negative where `a` is better, as for sorting the best first. */
export function byQuality(a: Combination, b: Combination): number {
  return (
    b.discountMinor - a.discountMinor ||
    a.coupons.length - b.coupons.length ||
    firstDifference(sortedEnds(a), sortedEnds(b), (x, y) => x - y) ||
    firstDifference(sortedIds(a), sortedIds(b), byCodeUnits)
  );
}

function sortedEnds({ coupons }: Combination): number[] {
  return coupons.map((coupon) => coupon.expiresAtMs).sort((a, b) => a - b);
}

function sortedIds({ coupons }: Combination): string[] {
  return coupons.map((coupon) => coupon.couponId).sort(byCodeUnits);
}

function firstDifference<T>(
  a: readonly T[],
  b: readonly T[],
  compare: (x: T, y: T) => number,
): number {
  for (let i = 0; i < a.length; i++) {
    const order = compare(a[i]!, b[i]!);
    if (order !== 0) return order;
  }
  return 0;
}
