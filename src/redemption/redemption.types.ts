/** The words of a redemption: the coupons of one order, held, used or given back. */
export const REDEMPTION_STATUSES = [
  'HELD',
  'CONFIRMED',
  'RELEASED',
  'EXPIRED',
  'REFUNDED',
  'PARTIALLY_REFUNDED',
] as const;
export type RedemptionStatus = (typeof REDEMPTION_STATUSES)[number];

export interface RedeemedCoupon {
  readonly couponId: string;
  readonly discountMinor: number;
}

/** One line of the order; `subtotalMinor` is quantity times the unit's price, exactly. */
export interface RedeemedLine {
  readonly lineId: string;
  readonly quantity: number;
  readonly subtotalMinor: number;
  readonly discountMinor: number;
  readonly refundedQuantity: number;
  /** How much of the line's discount was taken back. */
  readonly refundedMinor: number;
}

export interface Redemption {
  readonly id: string;
  readonly orderId: string;
  /** The order's first redemption is 1; only its last one can be live. */
  readonly attempt: number;
  readonly quoteId: string;
  readonly userId: string;
  /** As stored; see statusAt for what it is by the clock. */
  readonly status: RedemptionStatus;
  /** 1 after the hold, one more with every change of state. */
  readonly version: number;
  readonly currency: string;
  readonly discountMinor: number;
  /** How much of the discount was taken back by refunds. */
  readonly refundedMinor: number;
  /** HELD: until when; EXPIRED: when it ended. */
  readonly heldUntilMs: number | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** In the order of application. */
  readonly coupons: readonly RedeemedCoupon[];
  /** In the order of lineId. */
  readonly lines: readonly RedeemedLine[];
}

/** What every verb of a redemption answers. */
export interface RedemptionDone {
  readonly redemption: Redemption;
  /** Whether an earlier request had done it already. */
  readonly replayed: boolean;
}
