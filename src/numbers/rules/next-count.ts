/**
 * When a template's coupons are counted again. A large template is counted for long, so it rests in
 * proportion: one template takes at most a fifth of one worker's attention, however large it is.
 */
import { COUNT_AGAIN_AFTER_MS, COUNT_SETTLED_AFTER_MS } from '../../config/limits.js';
import type { CouponCounts } from '../numbers.types.js';

const REST_FACTOR = 4;

/** Nothing happens any more by itself: only a refund may still bring a coupon back. */
export function isSettled(counts: CouponCounts, isIssuing: boolean): boolean {
  return !isIssuing && counts.unused + counts.held + counts.frozen === 0;
}

/** @returns epoch milliseconds */
export function nextCountAtMs(
  counts: CouponCounts,
  isIssuing: boolean,
  countedAtMs: number,
  tookMs: number,
): number {
  const restMs = isSettled(counts, isIssuing) ? COUNT_SETTLED_AFTER_MS : COUNT_AGAIN_AFTER_MS;
  return countedAtMs + Math.max(restMs, REST_FACTOR * Math.ceil(tookMs));
}
