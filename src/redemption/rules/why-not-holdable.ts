/**
 * Why a coupon of a quote cannot be held for an order now.
 *
 * The quote found it usable; since then another order may have taken it (the quote is stale: ask
 * again), or it is gone for good or for now, which is said by its own name.
 */
import { statusAt } from '../../coupon/rules/coupon-lifecycle.js';
import type { Coupon, CouponStatus } from '../../coupon/coupon.types.js';
import { rejection, type FailureCode, type Rejection } from '../../kernel/rejection.js';

const REFUSAL: { readonly [S in CouponStatus]: FailureCode | null } = {
  UNUSED: null,
  HELD: 'QUOTE_STALE',
  USED: 'QUOTE_STALE',
  EXPIRED: 'COUPON_EXPIRED',
  FROZEN: 'COUPON_FROZEN',
  REVOKED: 'COUPON_REVOKED',
};

/** @param ownId the order's own hold that gives way to this one; its coupons count as given back */
export function whyNotHoldable(
  couponId: string,
  coupon: Coupon | undefined,
  ownerId: string,
  ownId: string | null,
  nowMs: number,
): Rejection | null {
  if (coupon === undefined || coupon.userId !== ownerId)
    return rejection('QUOTE_STALE', { couponId });
  const isOwn = coupon.status === 'HELD' && coupon.redemptionId === ownId;
  const code = REFUSAL[statusAt(isOwn ? { ...coupon, status: 'UNUSED' } : coupon, nowMs)];
  return code === null ? null : rejection(code, { couponId });
}
