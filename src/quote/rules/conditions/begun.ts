import type { Condition } from './condition.types.js';

/** The beginning of validity is inclusive. */
export const begun: Condition = {
  code: 'COUPON_NOT_YET_VALID',
  holds: (coupon, { nowMs }) => coupon.validFromMs <= nowMs,
};
