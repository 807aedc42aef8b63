/**
 * The order in which coupons of a set take their turns: larger priority first, then what ends first,
 * then the smaller id. It is fixed, so a set of coupons has one result.
 */
import type { WalletCoupon } from './quote.types.js';

/** A comparison for sorting; two different coupons are never equal. */
export function byOrderOfApplication(a: WalletCoupon, b: WalletCoupon): number {
  return (
    b.rules.priority - a.rules.priority ||
    a.expiresAtMs - b.expiresAtMs ||
    byCodeUnits(a.couponId, b.couponId)
  );
}

/** Order of ids: code units, the same on every machine, whatever its locale. */
export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
