/** What was answered about an order is what MySQL has of it: promise 5 seen from outside. */
import type { Finding, OrderAttempt, RedemptionRecord } from './history.types.js';

/** Where an order can be that was once answered to be so; each order is asked about in this order only. */
const LATER: Readonly<Record<string, readonly string[]>> = {
  HELD: ['HELD', 'CONFIRMED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'RELEASED', 'EXPIRED'],
  CONFIRMED: ['CONFIRMED', 'PARTIALLY_REFUNDED', 'REFUNDED'],
  PARTIALLY_REFUNDED: ['PARTIALLY_REFUNDED', 'REFUNDED'],
  REFUNDED: ['REFUNDED'],
  RELEASED: ['RELEASED'],
};

export function checkOrders(
  orders: readonly OrderAttempt[],
  redemptions: readonly RedemptionRecord[],
): Finding[] {
  const recordOf = new Map(redemptions.map((redemption) => [redemption.orderId, redemption]));
  return orders.flatMap(({ orderId, step, status, couponIds }): Finding[] => {
    if (status === undefined) return [];
    const record = recordOf.get(orderId);
    const isThere = record !== undefined && (LATER[status] ?? [status]).includes(record.status);
    const hasCoupons = couponIds.every((id) => record?.couponIds.includes(id));
    if (isThere && hasCoupons) return [];
    const what = `${orderId} was answered ${status} after ${step}, MySQL has ${record?.status ?? 'nothing'}`;
    return [{ lie: 'lost order', what }];
  });
}
