/**
 * A coupon as it meets one cart: where it works and what those lines cost at first.
 * These do not change while coupons are applied, so they are worked out once a quote.
 */
import { DISCOUNT_KINDS } from './discounts/index.js';
import type { DiscountKind } from './discounts/discount.types.js';
import type { CartLine, WalletCoupon } from './quote.types.js';

/** The cart in columns, by position. */
export interface CartColumns {
  readonly unitPriceMinor: readonly number[];
  readonly subtotalMinor: readonly number[];
}

export interface Candidate {
  readonly coupon: WalletCoupon;
  readonly kind: DiscountKind;
  /** Positions of the eligible lines, ascending. */
  readonly eligible: readonly number[];
  /** What the eligible lines cost at first. */
  readonly originalMinor: number;
}

export function cartColumns(lines: readonly CartLine[]): CartColumns {
  return {
    unitPriceMinor: lines.map((line) => line.unitPriceMinor),
    subtotalMinor: lines.map((line) => line.unitPriceMinor * line.quantity),
  };
}

export function candidateOf(
  coupon: WalletCoupon,
  eligible: readonly number[],
  columns: CartColumns,
): Candidate {
  const originalMinor = eligible.reduce((sum, line) => sum + columns.subtotalMinor[line]!, 0);
  return { coupon, kind: DISCOUNT_KINDS[coupon.rules.type], eligible, originalMinor };
}
