/**
 * Says of every coupon in the wallet what it alone would save and, if it is not applied, why.
 *
 * The reasons are tried from the coupon outwards: may it be used at all, does it save anything in this
 * cart alone, can it stand beside what is applied, is enough left for its threshold in its turn. What
 * survives all of these is simply not in the best combination.
 */
import { rejection, type FailureCode, type Rejection } from '../../kernel/rejection.js';
import type { Application, AppliedCombination } from './apply-combination.js';
import type { Candidate } from './candidate.js';
import type { CartColumns } from './placed-coupon.js';
import { byOrderOfApplication } from './order-of-application.js';
import type { CouponOption, WalletCoupon } from './quote.types.js';
import { mayStandTogether } from './stacking.js';
import { shortfallMinor, termsOf } from './take-turn.js';

/** The wallet in the order of application: each coupon is unusable for a reason, or a candidate. */
export type Judged =
  | { readonly coupon: WalletCoupon; readonly unusable: FailureCode }
  | { readonly coupon: WalletCoupon; readonly unusable: null; readonly candidate: Candidate };

/** @returns best first: what saves most alone, then the order of application */
export function explainOptions(
  wallet: readonly Judged[],
  columns: CartColumns,
  best: AppliedCombination,
): CouponOption[] {
  const applied = new Set(best.applications.map(({ candidate }) => candidate.coupon.couponId));
  return wallet
    .map((judged): CouponOption => {
      const { couponId } = judged.coupon;
      if (judged.unusable !== null) return refused(rejection(judged.unusable, { couponId }), 0);
      const savesMinor = judged.candidate.aloneMinor;
      if (applied.has(couponId)) {
        return { couponId, applied: true, savesMinor, reason: null, conflictsWith: null };
      }
      const reason = whyNotAlone(judged.candidate, columns, savesMinor);
      return reason === null
        ? whyNotBeside(judged.candidate, best, savesMinor)
        : refused(reason, savesMinor);
    })
    .sort((a, b) => b.savesMinor - a.savesMinor);
}

function whyNotAlone(
  candidate: Candidate,
  columns: CartColumns,
  savesMinor: number,
): Rejection | null {
  const { couponId } = candidate.coupon;
  if (candidate.originalMinor === 0) return rejection('OUT_OF_SCOPE', { couponId });
  const missed = missedThreshold(candidate, columns.subtotalMinor);
  if (missed !== null) return missed;
  return savesMinor === 0 ? rejection('NO_SAVING', { couponId }) : null;
}

function whyNotBeside(
  candidate: Candidate,
  { applications, remainingMinor }: AppliedCombination,
  savesMinor: number,
): CouponOption {
  const { couponId, rules } = candidate.coupon;
  const conflict = applications.find(
    (other) => !mayStandTogether(rules, other.candidate.coupon.rules),
  );
  if (conflict !== undefined) {
    const conflictsWith = conflict.candidate.coupon.couponId;
    return refused(rejection('NOT_STACKABLE', { couponId }), savesMinor, conflictsWith);
  }
  const inItsTurn = leftInTurnOf(candidate, applications) ?? remainingMinor;
  const missed = missedThreshold(candidate, inItsTurn);
  return refused(missed ?? rejection('NOT_IN_BEST_COMBINATION', { couponId }), savesMinor);
}

function missedThreshold(
  candidate: Candidate,
  remainingMinor: readonly number[],
): Rejection | null {
  const { couponId, rules } = candidate.coupon;
  const amountMinor = shortfallMinor(candidate, termsOf(candidate, remainingMinor));
  if (amountMinor === 0) return null;
  const shortfall = { amountMinor, currency: rules.currency };
  return rejection('THRESHOLD_NOT_MET', { couponId, shortfall });
}

/** What the first applied coupon after this one found; undefined where this one would come last. */
function leftInTurnOf(
  candidate: Candidate,
  applications: readonly Application[],
): readonly number[] | undefined {
  return applications.find(
    (other) => byOrderOfApplication(candidate.coupon, other.candidate.coupon) < 0,
  )?.beforeMinor;
}

function refused(
  reason: Rejection,
  savesMinor: number,
  conflictsWith: string | null = null,
): CouponOption {
  return { couponId: reason.couponId!, applied: false, savesMinor, reason, conflictsWith };
}
