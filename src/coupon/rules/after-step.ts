/**
 * The coupon after one step of its life. Only a coupon that is held or used belongs to a redemption;
 * whatever gives it back leaves none of that behind.
 *
 * The step goes by the stored status: whoever steps has looked at the clock before.
 */
import { next } from '../../kernel/lifecycle.js';
import type { Coupon } from '../coupon.types.js';
import { COUPON_LIFECYCLE, type CouponEvent } from './coupon-lifecycle.js';

/** What a coupon takes over from the redemption that holds or uses it. */
export interface CouponTies {
  readonly heldUntilMs: number | null;
  readonly redemptionId: string | null;
  readonly orderId: string | null;
  readonly usedAtMs: number | null;
  readonly discountMinor: number | null;
}

export const NO_TIES: CouponTies = {
  heldUntilMs: null,
  redemptionId: null,
  orderId: null,
  usedAtMs: null,
  discountMinor: null,
};

/** @throws Error where the table refuses: the caller decided without looking */
export function afterStep(before: Coupon, event: CouponEvent, ties: CouponTies): Coupon {
  const status = next(COUPON_LIFECYCLE, before.status, event);
  if (!status.ok) throw new Error(`coupon ${before.id}: ${event} from ${before.status}`);
  return { ...before, ...ties, status: status.value, version: before.version + 1 };
}
