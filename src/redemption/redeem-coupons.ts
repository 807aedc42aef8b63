/**
 * Holds and confirms in one transaction, for orders that are paid at once. What it answers, and what
 * it refuses, is what the two would have, one after the other.
 */
import type { Caller } from '../kernel/caller.js';
import type { Result } from '../kernel/result.js';
import type { ConfirmRedemption } from './confirm-redemption.js';
import type { HoldCoupons } from './hold-coupons.js';
import type { HoldRequest } from './hold-within.js';
import type { RedemptionDone } from './redemption.types.js';

export class RedeemCoupons {
  constructor(
    private readonly hold: HoldCoupons,
    private readonly confirm: ConfirmRedemption,
  ) {}

  /** @throws NotAuthenticated · InputError */
  async run(caller: Caller, request: HoldRequest): Promise<Result<RedemptionDone>> {
    return this.hold.run(caller, request, (steps, { redemption }) =>
      this.confirm.confirmWithin(steps, redemption),
    );
  }
}
