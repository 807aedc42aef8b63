/**
 * The life of a coupon. Giving one back has two endings, because a coupon whose time is over comes back
 * EXPIRED; each is an event of its own, so that the table stays a table.
 *
 * The clock decides: a hold past heldUntil is free, an UNUSED coupon past expiresAt is EXPIRED, whatever
 * the row says; the jobs that write it down only tidy. EXPIRED and REVOKED never come back.
 */
import { next, refuse, to, type Lifecycle } from '../../kernel/lifecycle.js';
import type { Result } from '../../kernel/result.js';
import type { Coupon, CouponStatus } from '../coupon.types.js';

export type CouponEvent =
  | 'HOLD'
  | 'CONFIRM'
  | 'RELEASE'
  | 'RELEASE_LATE'
  | 'REFUND'
  | 'REFUND_LATE'
  | 'EXPIRE'
  | 'FREEZE'
  | 'UNFREEZE'
  | 'UNFREEZE_LATE'
  | 'REVOKE';

const no = refuse('ILLEGAL_TRANSITION');
const isHeld = refuse('COUPON_HELD');
const isUsed = refuse('COUPON_USED');
const isFrozen = refuse('COUPON_FROZEN');
const isExpired = refuse('COUPON_EXPIRED');
const isRevoked = refuse('COUPON_REVOKED');

const everyEvent = <M>(move: M) =>
  ({
    HOLD: move,
    CONFIRM: move,
    RELEASE: move,
    RELEASE_LATE: move,
    REFUND: move,
    REFUND_LATE: move,
    EXPIRE: move,
    FREEZE: move,
    UNFREEZE: move,
    UNFREEZE_LATE: move,
    REVOKE: move,
  }) satisfies Record<CouponEvent, M>;

export const COUPON_LIFECYCLE: Lifecycle<CouponStatus, CouponEvent> = {
  UNUSED: {
    ...everyEvent(no),
    HOLD: to('HELD'),
    EXPIRE: to('EXPIRED'),
    FREEZE: to('FROZEN'),
    REVOKE: to('REVOKED'),
  },
  HELD: {
    ...everyEvent(isHeld),
    CONFIRM: to('USED'),
    RELEASE: to('UNUSED'),
    RELEASE_LATE: to('EXPIRED'),
  },
  USED: {
    ...everyEvent(isUsed),
    REFUND: to('UNUSED'),
    REFUND_LATE: to('EXPIRED'),
  },
  FROZEN: {
    ...everyEvent(isFrozen),
    UNFREEZE: to('UNUSED'),
    UNFREEZE_LATE: to('EXPIRED'),
    REVOKE: to('REVOKED'),
  },
  EXPIRED: everyEvent(isExpired),
  REVOKED: everyEvent(isRevoked),
};

type Timed = Pick<Coupon, 'status' | 'heldUntilMs' | 'expiresAtMs'>;

/** The status as the clock has it. */
export function statusAt(coupon: Timed, nowMs: number): CouponStatus {
  const holdIsOver = coupon.status === 'HELD' && (coupon.heldUntilMs ?? 0) <= nowMs;
  const isFree = coupon.status === 'UNUSED' || holdIsOver;
  if (isFree) return coupon.expiresAtMs <= nowMs ? 'EXPIRED' : 'UNUSED';
  return coupon.status;
}

/** The status after `event`, or the named refusal; from the status by the clock. */
export function moveCoupon(
  coupon: Timed,
  event: 'HOLD' | 'FREEZE' | 'REVOKE',
  nowMs: number,
): Result<CouponStatus> {
  return next(COUPON_LIFECYCLE, statusAt(coupon, nowMs), event);
}

/** Which ending giving a coupon back has at this moment. */
export function givenBack<E extends 'RELEASE' | 'REFUND' | 'UNFREEZE'>(
  event: E,
  coupon: Pick<Coupon, 'expiresAtMs'>,
  nowMs: number,
): E | `${E}_LATE` {
  return coupon.expiresAtMs <= nowMs ? `${event}_LATE` : event;
}
