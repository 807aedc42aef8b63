/** What clients saw, written down outside the service, and what MySQL has in the end. */

/** One request of a claim. Times are milliseconds of the runner's monotonic clock. */
export interface Attempt {
  readonly user: string;
  readonly key: string;
  readonly templateId: string;
  readonly invokedMs: number;
  /** When the answer came, or when nobody waited any longer. */
  readonly returnedMs: number;
  readonly answer: Answer;
}

export type Answer =
  | {
      readonly kind: 'COUPON';
      readonly couponId: string;
      readonly ownerId: string;
    }
  | { readonly kind: 'REFUSED'; readonly code: string }
  /** No answer: the link broke, or the client went away. */
  | { readonly kind: 'NONE'; readonly why: string };

/** One request about an order. */
export interface OrderAttempt {
  readonly orderId: string;
  readonly step: 'HOLD' | 'CONFIRM' | 'RELEASE' | 'REFUND';
  readonly couponIds: readonly string[];
  /** The status of the redemption that was answered; undefined: refused, or no answer. */
  readonly status: string | undefined;
}

export interface History {
  readonly attempts: readonly Attempt[];
  readonly orders: readonly OrderAttempt[];
}

export interface CouponRecord {
  readonly couponId: string;
  readonly templateId: string;
  readonly userId: string;
  /** What the client sent; undefined: no client ever sent it. */
  readonly key: string | undefined;
}

export interface TemplateRecord {
  readonly templateId: string;
  /** null: unlimited */
  readonly total: number | null;
  readonly perUserLimit: number;
}

export interface RedemptionRecord {
  readonly orderId: string;
  readonly status: string;
  readonly couponIds: readonly string[];
}

/** What MySQL has when everything is quiet. */
export interface FinalRecord {
  readonly templates: readonly TemplateRecord[];
  readonly coupons: readonly CouponRecord[];
  readonly redemptions: readonly RedemptionRecord[];
}

export const LIES = [
  'lost ack',
  'ghost after refusal',
  'coupon nobody asked for',
  'two coupons for a key',
  'success refused later',
  'over the user limit',
  'oversold',
  'undersold',
  'sold out with room left',
  "another user's coupon",
  'lost order',
] as const;
export type Lie = (typeof LIES)[number];

export interface Finding {
  readonly lie: Lie;
  readonly what: string;
}
