import type { Rejection } from '../../kernel/rejection.js';
import type { DiscountRules } from '../../template/template.types.js';

export interface CartLine {
  readonly lineId: string;
  readonly productId: string;
  readonly categoryIds: readonly string[];
  readonly unitPriceMinor: number;
  readonly quantity: number;
}

export interface Cart {
  readonly currency: string;
  /** Always sorted by lineId, in the order of code units. */
  readonly lines: readonly CartLine[];
}

/** The states in which a coupon is worth a word in a quote; in the others it is gone. */
export type QuotableStatus = 'UNUSED' | 'HELD' | 'FROZEN';

export interface WalletCoupon {
  readonly couponId: string;
  /** A hold whose time is over counts as UNUSED; who reads the wallet decides that. */
  readonly status: QuotableStatus;
  readonly heldForOrderId: string | null;
  /** RED_PACKET: the amount drawn. */
  readonly faceValueMinor: number | null;
  readonly validFromMs: number;
  /** Exclusive. */
  readonly expiresAtMs: number;
  readonly rules: DiscountRules;
}

export interface QuoteContext {
  readonly nowMs: number;
  readonly userLevel: string | null;
  /** Coupons held by this order count as usable. */
  readonly orderId: string | null;
  readonly maxCoupons: number;
  /** Where the search stops, in nodes: never a time, so that the same input has the same answer. */
  readonly nodeLimit: number;
}

/** PROVED: no combination is better, ties included. BOUNDED: the search stopped at its limit. */
export type Optimality = 'PROVED' | 'BOUNDED';

export interface QuotedLine {
  readonly lineId: string;
  readonly subtotalMinor: number;
  readonly discountMinor: number;
  readonly payableMinor: number;
}

export interface LineShare {
  readonly lineId: string;
  readonly discountMinor: number;
}

export interface AppliedCoupon {
  readonly couponId: string;
  readonly discountMinor: number;
  /** Only the lines on which it takes something off. */
  readonly lines: readonly LineShare[];
}

export interface CouponOption {
  readonly couponId: string;
  readonly applied: boolean;
  /** What it alone would save; nothing where it may not be used. */
  readonly savesMinor: number;
  /** Why it is not applied; null where it is. */
  readonly reason: Rejection | null;
  /** NOT_STACKABLE: the first applied coupon it cannot stand beside. */
  readonly conflictsWith: string | null;
}

export interface QuoteResult {
  readonly subtotalMinor: number;
  readonly discountMinor: number;
  readonly payableMinor: number;
  readonly lines: readonly QuotedLine[];
  /** In the order of application. */
  readonly applied: readonly AppliedCoupon[];
  /** Best first: what saves most alone, then the order of application. */
  readonly options: readonly CouponOption[];
  readonly optimality: Optimality;
  /** BOUNDED: no combination saves more than this. */
  readonly upperBoundMinor: number | null;
  /** How many nodes the search visited. */
  readonly nodes: number;
}
