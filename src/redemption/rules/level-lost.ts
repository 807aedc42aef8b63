/**
 * The level is asked a third time: at the claim, at the quote, and here, because a quote stands for minutes
 * and a level can be lost in them. Only of the owner: a service that holds for them does not know it, so
 * what it holds is what the quote found.
 */
import type { Caller } from '../../kernel/caller.js';
import { rejection, type Rejection } from '../../kernel/rejection.js';
import type { StoredQuote } from '../../quote/quote.types.js';

/** null: no coupon of the quote asks for a level that its owner does not have now. */
export function levelLost(quote: StoredQuote, caller: Caller): Rejection | null {
  if (caller.userId !== quote.userId) return null;
  const lost = quote.applied.find(
    ({ rules: { userLevels } }) =>
      userLevels.length > 0 && !userLevels.includes(caller.level ?? ''),
  );
  return lost ? rejection('USER_LEVEL_NOT_ELIGIBLE', { couponId: lost.couponId }) : null;
}
