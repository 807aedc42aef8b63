import type { Condition } from './condition.types.js';

/** The end of validity is exclusive: at that very millisecond the coupon is gone. */
export const notExpired: Condition = {
  code: 'COUPON_EXPIRED',
  holds: (coupon, { nowMs }) => nowMs < coupon.expiresAtMs,
};
