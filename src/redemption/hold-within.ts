/**
 * The transaction of a hold: every coupon of the quote, or none, and of the order's earlier hold that
 * it replaces nothing is left. Decides everything before it writes anything.
 */
import type { Caller } from '../kernel/caller.js';
import { newId } from '../kernel/ids.js';
import { rejection, type Rejection } from '../kernel/rejection.js';
import { ok, rejected, type Result } from '../kernel/result.js';
import type { StoredQuote } from '../quote/quote.types.js';
import { readLatestSnapshot } from './redemption.store.js';
import { Overtaken, type RedemptionSteps } from './redemption-steps.js';
import { couponIdsOf } from './redemption-transactions.js';
import type { Redemption, RedemptionDone } from './redemption.types.js';
import { decideHold } from './rules/decide-hold.js';
import { levelLost } from './rules/level-lost.js';
import { newRedemption } from './rules/new-redemption.js';
import { STANDS_FOR_ITS_ORDER } from './rules/redemption-lifecycle.js';
import { mayRedeem } from './rules/who-may.js';
import { whyNotHoldable } from './rules/why-not-holdable.js';

export interface HoldRequest {
  readonly orderId: string;
  readonly quoteId: string;
}

export async function holdWithin(
  steps: RedemptionSteps,
  caller: Caller,
  { orderId, quoteId }: HoldRequest,
  /** undefined: it is in no store any more. */
  quote: StoredQuote | undefined,
  holdTtlMs: number,
): Promise<Result<RedemptionDone>> {
  const latest = await steps.lockOrder(orderId);
  const isForeign = latest !== undefined && !mayRedeem(caller, latest.userId);
  const decision = decideHold(latest, quoteId, steps.nowMs);
  if (latest !== undefined && !isForeign && decision.ok && decision.value === 'REPLAY')
    return ok({ redemption: latest, replayed: true });
  if (quote === undefined) {
    const isKnown = !isForeign && latest?.quoteId === quoteId;
    return rejected(rejection(isKnown ? await howLost(steps, orderId) : 'QUOTE_NOT_FOUND'));
  }
  if (!decision.ok) return decision;
  if (isForeign && STANDS_FOR_ITS_ORDER[latest.status])
    return rejected(rejection('IDEMPOTENCY_CONFLICT'));
  const replaced = decision.value === 'REPLACE' ? latest : undefined;
  const refusal = levelLost(quote, caller) ?? (await lockAndCheck(steps, orderId, quote, replaced));
  if (refusal !== null) return rejected(refusal);
  const attempt = (latest?.attempt ?? 0) + 1;
  return ok(await start(steps, quote, { orderId, attempt, replaced, holdTtlMs }));
}

interface Start {
  readonly orderId: string;
  readonly attempt: number;
  readonly replaced: Redemption | undefined;
  readonly holdTtlMs: number;
}

async function start(
  steps: RedemptionSteps,
  quote: StoredQuote,
  { orderId, attempt, replaced, holdTtlMs }: Start,
): Promise<RedemptionDone> {
  const id = newId(steps.nowMs);
  if (replaced !== undefined) {
    await steps.giveBackCoupons(replaced, 'RELEASE', 'REPLACE');
    await steps.move(replaced, 'RELEASE', { heldUntilMs: null }, { replacedBy: id });
  }
  const heldUntilMs = steps.nowMs + holdTtlMs;
  const redemption = newRedemption(quote, { id, orderId, attempt, heldUntilMs }, steps.nowMs);
  await steps.start(redemption, quote);
  return { redemption, replayed: false };
}

/**
 * Locks every coupon that is touched; the first in the order of application that cannot be held.
 * An order without a redemption has no row to lock, so its other first hold is met here.
 * @throws Overtaken
 */
async function lockAndCheck(
  steps: RedemptionSteps,
  orderId: string,
  quote: StoredQuote,
  replaced: Redemption | undefined,
): Promise<Rejection | null> {
  const wanted = quote.applied.map(({ couponId }) => couponId);
  await steps.lock([...wanted, ...(replaced ? couponIdsOf(replaced) : [])]);
  const ownId = replaced?.id ?? null;
  for (const couponId of wanted) {
    const coupon = steps.coupon(couponId);
    if (coupon?.orderId === orderId && coupon.redemptionId !== ownId) throw new Overtaken();
    const refusal = whyNotHoldable(couponId, coupon, quote.userId, ownId, steps.nowMs);
    if (refusal !== null) return refusal;
  }
  return null;
}

/** How the quote of the order's last redemption came to be in no store: its time, or Redis' loss. */
async function howLost(
  { sql, nowMs }: RedemptionSteps,
  orderId: string,
): Promise<'QUOTE_EXPIRED' | 'QUOTE_NOT_FOUND'> {
  const snapshot = await readLatestSnapshot(sql, orderId);
  return snapshot !== undefined && snapshot.expiresAtMs <= nowMs
    ? 'QUOTE_EXPIRED'
    : 'QUOTE_NOT_FOUND';
}
