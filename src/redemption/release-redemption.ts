/**
 * Releases an order's hold: its coupons are free again, or EXPIRED if their time is over.
 * Idempotent by order. RELEASED has no way back; a new hold starts another redemption.
 */
import type { Caller } from '../kernel/caller.js';
import { ok, type Result } from '../kernel/result.js';
import { settled } from '../storage/as-rejection.js';
import { lockOwn } from './lock-own.js';
import { couponIdsOf, type RedemptionTransactions } from './redemption-transactions.js';
import type { RedemptionDone } from './redemption.types.js';
import { checkReason } from './rules/read-refund.js';
import { moveRedemption } from './rules/redemption-lifecycle.js';
import { requireActor } from './rules/who-may.js';

export interface ReleaseRequest {
  readonly orderId: string;
  readonly reason: string | null;
}

export class ReleaseRedemption {
  constructor(private readonly transactions: RedemptionTransactions) {}

  /** @throws NotAuthenticated · InputError */
  async run(caller: Caller, request: ReleaseRequest): Promise<Result<RedemptionDone>> {
    const actor = requireActor(caller);
    const { orderId, reason } = request;
    checkReason(reason);
    return settled(() =>
      this.transactions.run(actor, async (steps): Promise<Result<RedemptionDone>> => {
        const latest = await lockOwn(steps, caller, orderId);
        if (!latest.ok) return latest;
        const redemption = latest.value;
        const status = moveRedemption(redemption, 'RELEASE', steps.nowMs);
        if (!status.ok) return status;
        if (status.value === redemption.status) return ok({ redemption, replayed: true });
        await steps.lock(couponIdsOf(redemption));
        await steps.giveBackCoupons(redemption, 'RELEASE', 'RELEASE');
        const after = await steps.move(redemption, 'RELEASE', { heldUntilMs: null }, { reason });
        return ok({ redemption: after, replayed: false });
      }),
    );
  }
}
