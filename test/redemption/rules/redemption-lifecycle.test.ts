import { describe, expect, it } from 'vitest';
import { next, type Lifecycle } from '../../../src/kernel/lifecycle.js';
import { COUPON_STATUSES, type CouponStatus } from '../../../src/coupon/coupon.types.js';
import { COUPON_LIFECYCLE, type CouponEvent } from '../../../src/coupon/rules/coupon-lifecycle.js';
import {
  REDEMPTION_STATUSES,
  type RedemptionStatus,
} from '../../../src/redemption/redemption.types.js';
import {
  REDEMPTION_LIFECYCLE,
  statusAt,
  type RedemptionEvent,
} from '../../../src/redemption/rules/redemption-lifecycle.js';

const EVENTS = Object.keys(REDEMPTION_LIFECYCLE.HELD) as RedemptionEvent[];
const moves = (from: RedemptionStatus): Record<string, string> =>
  Object.fromEntries(
    EVENTS.map((event) => {
      const result = next(REDEMPTION_LIFECYCLE, from, event);
      return [event, result.ok ? result.value : result.rejection.code];
    }),
  );

describe("the redemption's lifecycle", () => {
  it('has a move or a named refusal for every state and event', () => {
    expect(Object.keys(REDEMPTION_LIFECYCLE).sort()).toEqual([...REDEMPTION_STATUSES].sort());
    for (const status of REDEMPTION_STATUSES)
      expect(Object.keys(REDEMPTION_LIFECYCLE[status]).sort()).toEqual([...EVENTS].sort());
  });

  it('does not compile with a state or an event left out', () => {
    const { HELD, ...rest } = REDEMPTION_LIFECYCLE;
    const { CONFIRM, ...fewer } = HELD;
    // @ts-expect-error HELD is missing
    const withoutState: Lifecycle<RedemptionStatus, RedemptionEvent> = rest;
    // @ts-expect-error CONFIRM is missing
    const withoutEvent: Lifecycle<RedemptionStatus, RedemptionEvent> = { ...rest, HELD: fewer };
    // @ts-expect-error coupons have six states
    const withoutCoupons: Lifecycle<CouponStatus, CouponEvent> = {
      UNUSED: COUPON_LIFECYCLE.UNUSED,
    };
    expect([withoutState, withoutEvent, withoutCoupons, CONFIRM]).toHaveLength(4);
    expect(Object.keys(COUPON_LIFECYCLE).sort()).toEqual([...COUPON_STATUSES].sort());
  });

  it.each([
    [
      'HELD',
      { CONFIRM: 'CONFIRMED', RELEASE: 'RELEASED', EXPIRE: 'EXPIRED' },
      'ILLEGAL_TRANSITION',
    ],
    [
      'CONFIRMED',
      { CONFIRM: 'CONFIRMED', REFUND_PART: 'PARTIALLY_REFUNDED', REFUND_REST: 'REFUNDED' },
      'REDEMPTION_CONFIRMED',
    ],
    [
      'PARTIALLY_REFUNDED',
      {
        CONFIRM: 'PARTIALLY_REFUNDED',
        REFUND_PART: 'PARTIALLY_REFUNDED',
        REFUND_REST: 'REFUNDED',
      },
      'REDEMPTION_CONFIRMED',
    ],
    ['REFUNDED', {}, 'REDEMPTION_REFUNDED'],
    ['RELEASED', { RELEASE: 'RELEASED' }, 'REDEMPTION_RELEASED'],
    ['EXPIRED', { HOLD_AGAIN: 'HELD' }, 'REDEMPTION_EXPIRED'],
  ] as const)(
    'from %s allows these moves and refuses all others by its name',
    (from, legal, name) => {
      const refused = Object.fromEntries(EVENTS.map((event) => [event, name as string]));
      expect(moves(from)).toEqual({ ...refused, ...legal });
    },
  );

  it('takes a hold as over at heldUntil, not a millisecond before', () => {
    const held = { status: 'HELD', heldUntilMs: 1_000 } as const;
    expect(statusAt(held, 999)).toBe('HELD');
    expect(statusAt(held, 1_000)).toBe('EXPIRED');
    expect(statusAt({ status: 'CONFIRMED', heldUntilMs: null }, 1_000)).toBe('CONFIRMED');
    expect(statusAt({ status: 'HELD', heldUntilMs: null }, 1_000)).toBe('EXPIRED');
  });
});
