import type { DiscountKind } from './discounts/discount.types.js';
import type { WalletCoupon } from './quote.types.js';

/** The cart in columns, by position. */
export interface CartColumns {
  readonly unitPriceMinor: readonly number[];
  readonly subtotalMinor: readonly number[];
}

/** A coupon with its place in the cart. */
export interface PlacedCoupon {
  readonly coupon: WalletCoupon;
  readonly kind: DiscountKind;
  /** Positions of the eligible lines, ascending. */
  readonly eligible: readonly number[];
  /** What the eligible lines cost at first. */
  readonly originalMinor: number;
}
