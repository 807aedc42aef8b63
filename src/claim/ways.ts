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
}

/** undefined: anybody who comes this way has a coupon, as far as stock and limit go. */
export const WAY_GUARDS: Readonly<Record<Way, WayGuard | undefined>> = {
  OPEN: undefined,
  CODE: {
    count: `UPDATE batch SET issued = issued + ?
      WHERE id = ? AND status <> 'STOPPED' AND issued + ? <= total`,
    room: "SELECT IF(status = 'STOPPED', 0, total - issued) AS room FROM batch WHERE id = ? FOR UPDATE",
    refusal: 'CODE_INVALID',
  },
  SHARE: undefined,
  GRANT: undefined,
};
