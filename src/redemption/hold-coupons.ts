/**
 * Holds the coupons of a quote for one order, so that its price cannot change under it.
 *
 * All or nothing. Idempotent by (order, quote): a retry gets the first answer, even after the quote is
 * gone. Redis turns the second of two orders away first, MySQL decides (hold-within.ts). A hold that is
 * neither confirmed nor released is over at heldUntil, whether or not expire-holds has written it down.
 */
import type { Caller } from '../kernel/caller.js';
import { readExternalId } from '../kernel/external-id.js';
import { rejection } from '../kernel/rejection.js';
import { ok, rejected, type Result } from '../kernel/result.js';
import type { QuoteStore } from '../quote/quote-store.js';
import type { StoredQuote } from '../quote/quote.types.js';
import { reached } from '../storage/steps.js';
import { settled } from '../storage/as-rejection.js';
import { OutcomeUnknown } from '../storage/database-errors.js';
import type { Database } from '../storage/database.js';
import { holdWithin, type HoldRequest } from './hold-within.js';
import { hasLiveRedemption } from './redemption.store.js';
import type { RedemptionSteps } from './redemption-steps.js';
import { couponIdsOf, type RedemptionTransactions } from './redemption-transactions.js';
import type { RedemptionDone } from './redemption.types.js';
import type { Reservations, Reserved } from './reservations.js';
import { COUPON_STATUS_UNDER } from './rules/redemption-lifecycle.js';
import { mayRedeem, requireActor } from './rules/who-may.js';

/** What the transaction of a hold does next; redeeming confirms here. */
export type AfterHold = (
  steps: RedemptionSteps,
  held: RedemptionDone,
) => Promise<Result<RedemptionDone>>;

const QUOTE_ID = /^[\x21-\x7e]{1,64}$/;

export class HoldCoupons {
  constructor(
    private readonly database: Database,
    private readonly quotes: Pick<QuoteStore, 'find'>,
    private readonly transactions: RedemptionTransactions,
    private readonly reservations: Reservations,
    private readonly holdTtlMs: number,
  ) {}

  /** @throws NotAuthenticated · InputError */
  async run(
    caller: Caller,
    request: HoldRequest,
    then: AfterHold = async (_steps, held) => ok(held),
  ): Promise<Result<RedemptionDone>> {
    requireActor(caller);
    readExternalId(request.orderId, 'input.orderId');
    if (!QUOTE_ID.test(request.quoteId)) return rejected(rejection('QUOTE_NOT_FOUND'));
    return settled(async () => {
      const quote = (await this.quotes.find([request.quoteId])).get(request.quoteId);
      if (quote !== undefined && !mayRedeem(caller, quote.userId))
        return rejected(rejection('QUOTE_NOT_FOUND'));
      return this.reserveAndHold(caller, request, quote, then);
    });
  }

  private async reserveAndHold(
    caller: Caller,
    request: HoldRequest,
    quote: StoredQuote | undefined,
    then: AfterHold,
  ): Promise<Result<RedemptionDone>> {
    const { orderId } = request;
    const couponIds = quote?.applied.map(({ couponId }) => couponId) ?? [];
    const reserved = await this.reservations.reserve(orderId, couponIds);
    const { taken, refusedCouponId } = reserved;
    if (refusedCouponId !== null && !(await this.mayBeOurs(orderId, reserved))) {
      await this.reservations.giveBack(orderId, taken);
      return rejected(rejection('QUOTE_STALE', { couponId: refusedCouponId }));
    }
    reached('hold:reserved');
    try {
      const result = await this.transactions.run(requireActor(caller), async (steps) => {
        const held = await holdWithin(steps, caller, request, quote, this.holdTtlMs);
        return held.ok ? then(steps, held.value) : held;
      });
      await this.settleReservations(orderId, taken, result);
      return result;
    } catch (error) {
      // An unknown outcome may be a hold: its reservations stand until they lapse.
      if (!(error instanceof OutcomeUnknown)) await this.reservations.giveBack(orderId, taken);
      throw error;
    }
  }

  /** Another order only tries for the coupon, and this one has a redemption that MySQL may know it in. */
  private async mayBeOurs(orderId: string, { isCertain }: Reserved): Promise<boolean> {
    return !isCertain && (await hasLiveRedemption(this.database, orderId));
  }

  private async settleReservations(
    orderId: string,
    taken: readonly string[],
    result: Result<RedemptionDone>,
  ): Promise<void> {
    const redemption = result.ok ? result.value.redemption : null;
    const isTied = redemption !== null && COUPON_STATUS_UNDER[redemption.status] !== null;
    const kept = isTied ? couponIdsOf(redemption) : [];
    await this.reservations.keep(orderId, kept);
    await this.reservations.giveBack(
      orderId,
      taken.filter((couponId) => !kept.includes(couponId)),
    );
  }
}
