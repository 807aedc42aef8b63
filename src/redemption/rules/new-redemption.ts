/** The redemption that a hold of a quote starts: every amount is the quote's, to the minor unit. */
import type { StoredQuote } from '../../quote/quote.types.js';
import type { Redemption } from '../redemption.types.js';

/** @throws Error for a quote whose amounts do not add up: money that is wrong is never held */
export function newRedemption(
  quote: StoredQuote,
  at: Pick<Redemption, 'id' | 'orderId' | 'attempt' | 'heldUntilMs'>,
  nowMs: number,
): Redemption {
  requireExact(quote);
  const quantities = new Map(quote.cart.map(({ lineId, quantity }) => [lineId, quantity]));
  return {
    ...at,
    quoteId: quote.id,
    userId: quote.userId,
    status: 'HELD',
    version: 1,
    currency: quote.currency,
    discountMinor: quote.discountMinor,
    refundedMinor: 0,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    coupons: quote.applied.map(({ couponId, discountMinor }) => ({ couponId, discountMinor })),
    lines: quote.lines.map(({ lineId, subtotalMinor, discountMinor }) => ({
      lineId,
      quantity: quantities.get(lineId)!,
      subtotalMinor,
      discountMinor,
      refundedQuantity: 0,
      refundedMinor: 0,
    })),
  };
}

function requireExact(quote: StoredQuote): void {
  const left = new Map(quote.lines.map(({ lineId, discountMinor }) => [lineId, discountMinor]));
  for (const { discountMinor, lines } of quote.applied) {
    if (sum(lines) !== discountMinor) throw new Error(`quote ${quote.id}: shares of a coupon`);
    for (const share of lines)
      left.set(share.lineId, (left.get(share.lineId) ?? 0) - share.discountMinor);
  }
  const isExact =
    [...left.values()].every((rest) => rest === 0) &&
    sum(quote.lines) === quote.discountMinor &&
    quote.lines.every(
      (line) => line.discountMinor >= 0 && line.discountMinor <= line.subtotalMinor,
    ) &&
    quote.cart.length === quote.lines.length &&
    quote.cart.every(
      (line, i) =>
        line.lineId === quote.lines[i]!.lineId &&
        line.unitPriceMinor * line.quantity === quote.lines[i]!.subtotalMinor,
    );
  if (!isExact) throw new Error(`quote ${quote.id}: its amounts do not add up`);
}

function sum(parts: readonly { readonly discountMinor: number }[]): number {
  return parts.reduce((total, part) => total + part.discountMinor, 0);
}
