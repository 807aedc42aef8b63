import type { FailureCode } from '../../../kernel/rejection.js';
import type { QuoteContext, WalletCoupon } from '../quote.types.js';

/** One reason for which a coupon may not be used at all, whatever is in the cart. */
export interface Condition {
  /** The refusal where the condition does not hold. */
  readonly code: FailureCode;
  /** Whether the coupon may be used as far as this condition goes. */
  holds(coupon: WalletCoupon, context: QuoteContext, currency: string): boolean;
}
