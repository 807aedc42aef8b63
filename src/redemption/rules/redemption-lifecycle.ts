/**
 * The life of a redemption, the twin of coupon-lifecycle.ts: hold, then confirm, release or expiry, then
 * refunds. A resolution asked for again stays where it is: that is a replay, not a refusal.
 *
 * The clock decides: a hold past heldUntil is EXPIRED, whatever the row says; the job only writes it
 * down. RELEASED has no way back; EXPIRED has one, the late confirm, which holds again first.
 */
import { next, refuse, to, type Lifecycle } from '../../kernel/lifecycle.js';
import type { Result } from '../../kernel/result.js';
import type { Redemption, RedemptionStatus } from '../redemption.types.js';

export type RedemptionEvent =
  'CONFIRM' | 'RELEASE' | 'EXPIRE' | 'HOLD_AGAIN' | 'REFUND_PART' | 'REFUND_REST';

const no = refuse('ILLEGAL_TRANSITION');
const isConfirmed = refuse('REDEMPTION_CONFIRMED');
const isReleased = refuse('REDEMPTION_RELEASED');
const isExpired = refuse('REDEMPTION_EXPIRED');
const isRefunded = refuse('REDEMPTION_REFUNDED');

export const REDEMPTION_LIFECYCLE: Lifecycle<RedemptionStatus, RedemptionEvent> = {
  HELD: {
    CONFIRM: to('CONFIRMED'),
    RELEASE: to('RELEASED'),
    EXPIRE: to('EXPIRED'),
    HOLD_AGAIN: no,
    REFUND_PART: no,
    REFUND_REST: no,
  },
  CONFIRMED: {
    CONFIRM: to('CONFIRMED'),
    RELEASE: isConfirmed,
    EXPIRE: isConfirmed,
    HOLD_AGAIN: isConfirmed,
    REFUND_PART: to('PARTIALLY_REFUNDED'),
    REFUND_REST: to('REFUNDED'),
  },
  PARTIALLY_REFUNDED: {
    CONFIRM: to('PARTIALLY_REFUNDED'),
    RELEASE: isConfirmed,
    EXPIRE: isConfirmed,
    HOLD_AGAIN: isConfirmed,
    REFUND_PART: to('PARTIALLY_REFUNDED'),
    REFUND_REST: to('REFUNDED'),
  },
  REFUNDED: {
    CONFIRM: isRefunded,
    RELEASE: isRefunded,
    EXPIRE: isRefunded,
    HOLD_AGAIN: isRefunded,
    REFUND_PART: isRefunded,
    REFUND_REST: isRefunded,
  },
  RELEASED: {
    CONFIRM: isReleased,
    RELEASE: to('RELEASED'),
    EXPIRE: isReleased,
    HOLD_AGAIN: isReleased,
    REFUND_PART: isReleased,
    REFUND_REST: isReleased,
  },
  EXPIRED: {
    CONFIRM: isExpired,
    RELEASE: isExpired,
    EXPIRE: isExpired,
    HOLD_AGAIN: to('HELD'),
    REFUND_PART: isExpired,
    REFUND_REST: isExpired,
  },
};

type Timed = Pick<Redemption, 'status' | 'heldUntilMs'>;

/** The status as the clock has it. */
export function statusAt(redemption: Timed, nowMs: number): RedemptionStatus {
  const isOver = redemption.status === 'HELD' && (redemption.heldUntilMs ?? 0) <= nowMs;
  return isOver ? 'EXPIRED' : redemption.status;
}

/** The redemption as the clock has it: what a reader is shown before and after the job alike. */
export function redemptionAt(redemption: Redemption, nowMs: number): Redemption {
  const status = statusAt(redemption, nowMs);
  if (status === redemption.status) return redemption;
  return { ...redemption, status, updatedAtMs: redemption.heldUntilMs ?? redemption.updatedAtMs };
}

/** The status after `event`, or the named refusal; from the status by the clock. */
export function moveRedemption(
  redemption: Timed,
  event: RedemptionEvent,
  nowMs: number,
): Result<RedemptionStatus> {
  return next(REDEMPTION_LIFECYCLE, statusAt(redemption, nowMs), event);
}

/** Whether the redemption stands in the way of another one of its order. */
export const STANDS_FOR_ITS_ORDER: { readonly [S in RedemptionStatus]: boolean } = {
  HELD: true,
  CONFIRMED: true,
  PARTIALLY_REFUNDED: true,
  REFUNDED: true,
  RELEASED: false,
  EXPIRED: false,
};

/** The coupon's status that belongs to each of its live redemption's; null: it has none there. */
export const COUPON_STATUS_UNDER: { readonly [S in RedemptionStatus]: 'HELD' | 'USED' | null } = {
  HELD: 'HELD',
  CONFIRMED: 'USED',
  PARTIALLY_REFUNDED: 'USED',
  REFUNDED: null,
  RELEASED: null,
  EXPIRED: null,
};
