/**
 * By what ways coupons are issued, and what each demands of MySQL beside the claim itself. This is the place
 * where a new way adds its guard.
 *
 * Promise: what was counted by a guard never becomes less, and what it refused it refuses for ever, so a
 * refusal is final whoever has the reservation in hand.
 */
import type { FailureCode } from '../kernel/rejection.js';
import type { Way } from './claim.types.js';

export interface WayGuard {
  /** Counts n coupons of an origin: all of them or, where they are too many, none. Values: n, origin, n. */
  readonly count: string;
  /** How many (`room`) it would still count, with its row locked. Value: origin. */
  readonly room: string;
  /** What is told to whom it does not let in. */
  readonly refusal: FailureCode;
  /** Each user has one coupon of an origin, whatever the template's limit is. */
  readonly isOncePerUser: boolean;
  /** What is told to who comes second: with a serial, or as a user, that was there before. */
  readonly refusalOfSecond: FailureCode;
}

/** undefined: anybody who comes this way has a coupon, as far as stock and limit go. */
export const WAY_GUARDS: Readonly<Record<Way, WayGuard | undefined>> = {
  OPEN: undefined,
  CODE: {
    count: `UPDATE batch SET issued = issued + ?
      WHERE id = ? AND status <> 'STOPPED' AND issued + ? <= total`,
    room: "SELECT IF(status = 'STOPPED', 0, total - issued) AS room FROM batch WHERE id = ? FOR UPDATE",
    refusal: 'CODE_INVALID',
    isOncePerUser: false,
    refusalOfSecond: 'CODE_INVALID',
  },
  SHARE: {
    count: 'UPDATE share SET places_left = places_left - ? WHERE id = ? AND places_left >= ?',
    room: 'SELECT places_left AS room FROM share WHERE id = ? FOR UPDATE',
    refusal: 'SHARE_FULL',
    isOncePerUser: true,
    refusalOfSecond: 'USER_LIMIT_REACHED',
  },
  GRANT: {
    count: `UPDATE grant_job SET granted = granted + ?
      WHERE id = ? AND status NOT IN ('STOPPED', 'FAILED') AND granted + ? <= requested`,
    room: `SELECT IF(status IN ('STOPPED', 'FAILED'), 0, requested - granted) AS room
      FROM grant_job WHERE id = ? FOR UPDATE`,
    refusal: 'CLAIM_CLOSED',
    isOncePerUser: false,
    refusalOfSecond: 'CLAIM_CLOSED',
  },
  TRIGGER: undefined,
};
