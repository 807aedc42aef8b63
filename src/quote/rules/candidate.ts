/**
 * A coupon as it meets one cart: where it works, what those lines cost at first, what it saves alone.
 * These do not change while coupons are applied, so they are worked out once a quote.
 */
import { DISCOUNT_KINDS } from './discounts/index.js';
import type { CartColumns, PlacedCoupon } from './placed-coupon.js';
import type { CartLine, WalletCoupon } from './quote.types.js';
import { sumAt } from './sum-at.js';
import { discountOf } from './take-turn.js';

export interface Candidate extends PlacedCoupon {
  /** What it saves alone: it never saves more beside others. */
  readonly aloneMinor: number;
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
  const { subtotalMinor } = columns;
  const originalMinor = sumAt(subtotalMinor, eligible);
  const placed = { coupon, kind: DISCOUNT_KINDS[coupon.rules.type], eligible, originalMinor };
  return { ...placed, aloneMinor: discountOf(placed, columns, subtotalMinor).amountMinor };
}
