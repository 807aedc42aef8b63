/**
 * Takes back the discount of refunded units, and gives the coupons back with the last unit.
 *
 * Idempotent by the caller's key: the same refund asked again is answered again, and nothing is taken
 * back twice. However it is cut into parts, all refunds of an order add up to its discount exactly.
 */
import type { Caller } from '../kernel/caller.js';
import { rejection } from '../kernel/rejection.js';
import { ok, rejected, type Result } from '../kernel/result.js';
import { settled } from '../storage/as-rejection.js';
import { lockOwn } from './lock-own.js';
import type { RedemptionSteps } from './redemption-steps.js';
import { couponIdsOf, type RedemptionTransactions } from './redemption-transactions.js';
import { writeRefundedLines } from './redemption-write.store.js';
import type { Redemption, RedemptionDone } from './redemption.types.js';
import { findRefund, insertRefund } from './refund.store.js';
import {
  checkRefund,
  refundFingerprintOf,
  refundKeyOf,
  type RefundRequest,
} from './rules/read-refund.js';
import { moveRedemption } from './rules/redemption-lifecycle.js';
import { refundUnits, type Refund } from './rules/refund-shares.js';
import { requireActor } from './rules/who-may.js';

export class RefundRedemption {
  constructor(private readonly transactions: RedemptionTransactions) {}

  /** @throws NotAuthenticated · InputError */
  async run(caller: Caller, request: RefundRequest): Promise<Result<RedemptionDone>> {
    const actor = requireActor(caller);
    checkRefund(request);
    return settled(() =>
      this.transactions.run(actor, async (steps) => {
        const latest = await lockOwn(steps, caller, request.orderId);
        return latest.ok ? this.refundWithin(steps, latest.value, request) : latest;
      }),
    );
  }

  private async refundWithin(
    steps: RedemptionSteps,
    redemption: Redemption,
    request: RefundRequest,
  ): Promise<Result<RedemptionDone>> {
    const refundKey = refundKeyOf(steps.actor, request.idempotencyKey);
    const fingerprint = refundFingerprintOf(request);
    const earlier = await findRefund(steps.sql, redemption.orderId, refundKey);
    if (earlier !== undefined) {
      if (earlier === fingerprint) return ok({ redemption, replayed: true });
      return rejected(rejection('IDEMPOTENCY_CONFLICT'));
    }
    const status = moveRedemption(redemption, 'REFUND_PART', steps.nowMs);
    if (!status.ok) return status;
    const refund = refundUnits(redemption.lines, request.lines);
    if (!refund.ok) return refund;
    const note = { refundKey, fingerprint, actor: steps.actor, atMs: steps.nowMs };
    const refundId = await insertRefund(steps.sql, redemption, refund.value, note);
    const details = { refundId, reason: request.reason };
    return ok({
      redemption: await take(steps, redemption, refund.value, details),
      replayed: false,
    });
  }
}

async function take(
  steps: RedemptionSteps,
  redemption: Redemption,
  refund: Refund,
  details: Readonly<Record<string, unknown>>,
): Promise<Redemption> {
  await writeRefundedLines(steps.sql, redemption, refund.lines);
  if (refund.isRest) {
    await steps.lockUsed(couponIdsOf(redemption));
    await steps.giveBackCoupons(redemption, 'REFUND', 'REFUND');
  }
  const refundedMinor = redemption.refundedMinor + refund.discountMinor;
  const event = refund.isRest ? 'REFUND_REST' : 'REFUND_PART';
  const facts = { refundedMinor, lines: refund.lines };
  const parts = { ...details, lines: refund.taken, takenMinor: refund.discountMinor };
  return steps.move(redemption, event, facts, parts);
}
