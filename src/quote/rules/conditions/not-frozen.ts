import type { Condition } from './condition.types.js';

/** An operator stopped this coupon; it shows, but it cannot be used. */
export const notFrozen: Condition = {
  code: 'COUPON_FROZEN',
  holds: (coupon) => coupon.status !== 'FROZEN',
};
