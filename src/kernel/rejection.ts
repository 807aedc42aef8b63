/**
 * Expected failures as data: the codes of the public contract and what each says about retrying.
 * The sentence a caller reads is made at the edge, in the caller's language.
 */
import type { Money } from './money.js';

export const FAILURE_CODES = [
  'TEMPLATE_NOT_FOUND',
  'TEMPLATE_NOT_ACTIVE',
  'CLAIM_NOT_OPEN',
  'CLAIM_CLOSED',
  'SOLD_OUT',
  'USER_LIMIT_REACHED',
  'USER_LEVEL_NOT_ELIGIBLE',
  'NOT_TARGETED',
  'RATE_LIMITED',
  'DEVICE_LIMITED',
  'RISK_DENIED',
  'VERIFICATION_REQUIRED',
  'CODE_INVALID',
  'BATCH_NOT_FOUND',
  'VANITY_CODE_TAKEN',
  'SHARE_NOT_FOUND',
  'SHARE_FULL',
  'SHARE_OWN',
  'COUPON_NOT_FOUND',
  'COUPON_EXPIRED',
  'COUPON_NOT_YET_VALID',
  'COUPON_HELD',
  'COUPON_USED',
  'COUPON_FROZEN',
  'COUPON_REVOKED',
  'THRESHOLD_NOT_MET',
  'OUT_OF_SCOPE',
  'CURRENCY_MISMATCH',
  'NOT_STACKABLE',
  'NO_SAVING',
  'NOT_IN_BEST_COMBINATION',
  'QUOTE_NOT_FOUND',
  'QUOTE_EXPIRED',
  'QUOTE_STALE',
  'REDEMPTION_NOT_FOUND',
  'REDEMPTION_CONFIRMED',
  'REDEMPTION_RELEASED',
  'REDEMPTION_EXPIRED',
  'REDEMPTION_REFUNDED',
  'REFUND_EXCEEDS_ORDER',
  'IDEMPOTENCY_CONFLICT',
  'VERSION_CONFLICT',
  'ILLEGAL_TRANSITION',
  'WEBHOOK_NOT_FOUND',
  'DEAD_LETTER_NOT_FOUND',
  'OUTCOME_UNKNOWN',
  'UNAVAILABLE',
  'OVERLOADED',
] as const;

export type FailureCode = (typeof FAILURE_CODES)[number];

/** Codes where the very same request may succeed later. */
const RETRYABLE: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'CLAIM_NOT_OPEN',
  'RATE_LIMITED',
  'DEVICE_LIMITED',
  'OUTCOME_UNKNOWN',
  'UNAVAILABLE',
  'OVERLOADED',
]);

export interface Rejection {
  readonly code: FailureCode;
  readonly retryable: boolean;
  /** When trying again can help, epoch milliseconds. */
  readonly retryAfterMs?: number;
  /** Which coupon, where one of several is at fault. */
  readonly couponId?: string;
  /** How much more must be spent, where a threshold was missed. */
  readonly shortfall?: Money;
  /** What the sentence adds, e.g. the state that forbids a move; never a secret. */
  readonly detail?: Detail;
}

/** A fact beside a refusal. Each has a sentence of its own in src/graph/languages, with the same names in it. */
export type Detail =
  | { readonly fact: 'NOT_POSSIBLE_FROM'; readonly event: string; readonly from: string }
  | { readonly fact: 'VERSION_IS_NOW'; readonly version: number }
  | { readonly fact: 'NEEDS_ANOTHER_PERSON' }
  | { readonly fact: FieldFact; readonly field: string }
  | { readonly fact: 'CONFIRMED_WITH_ANOTHER_QUOTE' }
  | { readonly fact: 'UNITS_LEFT'; readonly lineId: string; readonly units: number };

/** Why a field of a template cannot be edited as asked. */
export type FieldFact = 'FIELD_IS_FIXED' | 'FIELD_IS_FIXED_OF_RED_PACKETS' | 'FIELD_MAY_ONLY_GROW';

/** Makes a refusal; whether it is retryable follows from its code. */
export function rejection(
  code: FailureCode,
  facts: Omit<Rejection, 'code' | 'retryable'> = {},
): Rejection {
  return { code, retryable: RETRYABLE.has(code), ...facts };
}
