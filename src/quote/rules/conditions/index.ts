/**
 * The registry of conditions, in the order in which they are told: the first that does not hold is the
 * reason. A new condition is one file and one line here.
 */
import type { FailureCode } from '../../../kernel/rejection.js';
import type { QuoteContext, WalletCoupon } from '../quote.types.js';
import { begun } from './begun.js';
import type { Condition } from './condition.types.js';
import { levelAllowed } from './level-allowed.js';
import { notExpired } from './not-expired.js';
import { notFrozen } from './not-frozen.js';
import { notHeld } from './not-held.js';
import { sameCurrency } from './same-currency.js';

export const CONDITIONS: readonly Condition[] = [
  notHeld,
  notFrozen,
  notExpired,
  begun,
  sameCurrency,
  levelAllowed,
];

/** Why the coupon may not be used in this quote, or null. */
export function whyUnusable(
  coupon: WalletCoupon,
  context: QuoteContext,
  currency: string,
): FailureCode | null {
  const broken = CONDITIONS.find((condition) => !condition.holds(coupon, context, currency));
  return broken?.code ?? null;
}
