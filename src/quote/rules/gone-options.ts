/** Why coupons that were named, but are used up or taken away, are not applied. */
import { rejection, type FailureCode } from '../../kernel/rejection.js';
import type { CouponOption } from './quote.types.js';

const WHY: Readonly<Record<string, FailureCode>> = {
  USED: 'COUPON_USED',
  EXPIRED: 'COUPON_EXPIRED',
  REVOKED: 'COUPON_REVOKED',
};

/** One option for each coupon whose stored status is final; the engine explains the others. */
export function goneOptions(
  coupons: readonly { readonly id: string; readonly status: string }[],
): CouponOption[] {
  return coupons.flatMap(({ id, status }) => {
    const code = WHY[status];
    if (code === undefined) return [];
    return [
      {
        couponId: id,
        applied: false,
        savesMinor: 0,
        reason: rejection(code, { couponId: id }),
        conflictsWith: null,
      },
    ];
  });
}
