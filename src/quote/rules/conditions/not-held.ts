import type { Condition } from './condition.types.js';

/** A held coupon belongs to its order; only a quote for that order may count on it. */
export const notHeld: Condition = {
  code: 'COUPON_HELD',
  holds: (coupon, { orderId }) =>
    coupon.status !== 'HELD' || (orderId !== null && coupon.heldForOrderId === orderId),
};
