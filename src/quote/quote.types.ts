/** A quote as it is kept: what was answered, for whom, and the rules it was computed from. */
import type { DiscountRules } from '../template/template.types.js';
import type {
  CartLine,
  CouponOption,
  LineShare,
  Optimality,
  QuotedLine,
} from './rules/quote.types.js';

export interface StoredAppliedCoupon {
  readonly couponId: string;
  readonly discountMinor: number;
  readonly lines: readonly LineShare[];
  /** The rules of then: a template edited since changes nothing for who holds the quote. */
  readonly rules: DiscountRules;
  readonly templateId: string;
  readonly templateVersion: number;
}

export interface StoredQuote {
  /** Same inputs, same wallet, same rules: same id. */
  readonly id: string;
  readonly userId: string;
  /** The order it was asked for, whose held coupons counted as usable. */
  readonly orderId: string | null;
  readonly currency: string;
  readonly subtotalMinor: number;
  readonly discountMinor: number;
  readonly payableMinor: number;
  readonly cart: readonly CartLine[];
  /** In the order of lineId, as the cart. */
  readonly lines: readonly QuotedLine[];
  /** In the order of application. */
  readonly applied: readonly StoredAppliedCoupon[];
  readonly options: readonly CouponOption[];
  readonly optimality: Optimality;
  readonly upperBoundMinor: number | null;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}
