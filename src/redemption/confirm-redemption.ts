/**
 * Confirms an order's hold: its coupons are used.
 *
 * Idempotent by order. Within the hold the coupons' own expiry does not matter. A late confirm (the
 * hold's time is over) holds again and confirms in one transaction if every coupon is still free and
 * unexpired, so that a slow payment does not lose what nobody else has taken; else REDEMPTION_EXPIRED.
 */
import { statusAt } from '../coupon/rules/coupon-lifecycle.js';
import type { Caller } from '../kernel/caller.js';
import { rejection } from '../kernel/rejection.js';
import { ok, rejected, type Result } from '../kernel/result.js';
import { settled } from '../storage/as-rejection.js';
import { lockOwn } from './lock-own.js';
import type { RedemptionSteps } from './redemption-steps.js';
import { couponIdsOf, type RedemptionTransactions } from './redemption-transactions.js';
import type { Redemption, RedemptionDone } from './redemption.types.js';
import { moveRedemption } from './rules/redemption-lifecycle.js';
import { requireActor } from './rules/who-may.js';

export class ConfirmRedemption {
  constructor(
    private readonly transactions: RedemptionTransactions,
    private readonly holdTtlMs: number,
  ) {}

  /** @throws NotAuthenticated */
  async run(caller: Caller, orderId: string): Promise<Result<RedemptionDone>> {
    const actor = requireActor(caller);
    return settled(() =>
      this.transactions.run(actor, async (steps) => {
        const latest = await lockOwn(steps, caller, orderId);
        return latest.ok ? this.confirmWithin(steps, latest.value) : latest;
      }),
    );
  }

  /** @param redemption locked, and in step with the clock */
  async confirmWithin(
    steps: RedemptionSteps,
    redemption: Redemption,
  ): Promise<Result<RedemptionDone>> {
    if (redemption.status === 'EXPIRED') return this.confirmLate(steps, redemption);
    const status = moveRedemption(redemption, 'CONFIRM', steps.nowMs);
    if (!status.ok) return status;
    if (status.value === redemption.status) return ok({ redemption, replayed: true });
    await steps.lock(couponIdsOf(redemption));
    return ok({ redemption: await use(steps, redemption), replayed: false });
  }

  private async confirmLate(
    steps: RedemptionSteps,
    redemption: Redemption,
  ): Promise<Result<RedemptionDone>> {
    const couponIds = couponIdsOf(redemption);
    await steps.lock(couponIds);
    const lost = couponIds.find((couponId) => {
      const coupon = steps.coupon(couponId);
      return coupon === undefined || statusAt(coupon, steps.nowMs) !== 'UNUSED';
    });
    if (lost !== undefined) return rejected(rejection('REDEMPTION_EXPIRED', { couponId: lost }));
    const heldUntilMs = steps.nowMs + this.holdTtlMs;
    const held = await steps.move(redemption, 'HOLD_AGAIN', { heldUntilMs });
    await steps.holdCoupons(held);
    return ok({ redemption: await use(steps, held), replayed: false });
  }
}

async function use(steps: RedemptionSteps, redemption: Redemption): Promise<Redemption> {
  await steps.useCoupons(redemption);
  return steps.move(redemption, 'CONFIRM', { heldUntilMs: null });
}
