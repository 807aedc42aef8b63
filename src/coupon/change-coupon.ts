/**
 * Operators freeze, unfreeze and revoke single coupons.
 *
 * Only an UNUSED coupon can be frozen, and an UNUSED or FROZEN one revoked: what is held is released
 * first, what is used is refunded first, and what is over stays over. A hold whose time is over is
 * written down before, so that the coupon is free in its row as it is by the clock.
 */
import { recordChanges } from '../event/record-change.js';
import { requireScope, type Caller } from '../kernel/caller.js';
import type { Clock } from '../kernel/clock.js';
import { isId } from '../kernel/ids.js';
import { rejection } from '../kernel/rejection.js';
import { ok, rejected, type Result } from '../kernel/result.js';
import { REASON_LENGTH_MAX } from '../config/limits.js';
import { settled } from '../storage/as-rejection.js';
import type { Database, Sql } from '../storage/database.js';
import { lockCoupons, readCoupons } from './coupon.store.js';
import type { Coupon } from './coupon.types.js';
import { stepCoupon } from './coupon-step.store.js';
import { NO_TIES } from './rules/after-step.js';
import { COUPON_LIFECYCLE, givenBack, statusAt } from './rules/coupon-lifecycle.js';
import { next } from '../kernel/lifecycle.js';
import { requireNoLonger } from '../kernel/require-length.js';

export type CouponAction = 'FREEZE' | 'UNFREEZE' | 'REVOKE';

export interface CouponActionRequest {
  readonly id: string;
  readonly reason: string;
}

export class ChangeCoupon {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    /** Writes down that the hold of this redemption is over. */
    private readonly endOverdueHold: (redemptionId: string) => Promise<unknown>,
  ) {}

  /** @throws NotAuthenticated · NotAllowed · InputError */
  async run(
    caller: Caller,
    action: CouponAction,
    request: CouponActionRequest,
  ): Promise<Result<Coupon>> {
    const actor = requireScope(caller, 'coupons:admin');
    requireNoLonger(request.reason, 'input.reason', REASON_LENGTH_MAX);
    if (!isId(request.id)) return rejected(rejection('COUPON_NOT_FOUND'));
    return settled(async () => {
      await this.tidy(request.id);
      return this.database.transaction((sql) => this.change(sql, actor, action, request));
    });
  }

  private async change(
    sql: Sql,
    actor: string,
    action: CouponAction,
    { id, reason }: CouponActionRequest,
  ): Promise<Result<Coupon>> {
    // What is archived is not locked: it is over, and its refusal is all there is to say.
    const coupon = (await lockCoupons(sql, [id]))[0] ?? (await readCoupons(sql, [id]))[0];
    if (coupon === undefined) return rejected(rejection('COUPON_NOT_FOUND'));
    const nowMs = this.clock.nowMs();
    const event = action === 'UNFREEZE' ? givenBack(action, coupon, nowMs) : action;
    const status = next(COUPON_LIFECYCLE, statusAt(coupon, nowMs), event);
    if (!status.ok) return rejected({ ...status.rejection, couponId: id });
    // Free by the clock since the row was tidied: the hold ended this very moment.
    if (coupon.status === 'HELD') return rejected(rejection('COUPON_HELD', { couponId: id }));
    const note = { actor, atMs: nowMs, details: { reason } };
    const { after, change } = await stepCoupon(sql, coupon, event, NO_TIES, note);
    await recordChanges(sql, [change]);
    return ok(after);
  }

  private async tidy(id: string): Promise<void> {
    const [coupon] = await readCoupons(this.database, [id]);
    if (coupon === undefined || coupon.redemptionId === null) return;
    const isOver = coupon.status === 'HELD' && statusAt(coupon, this.clock.nowMs()) !== 'HELD';
    if (isOver) await this.endOverdueHold(coupon.redemptionId);
  }
}
