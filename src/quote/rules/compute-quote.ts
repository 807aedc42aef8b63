/**
 * What a cart would cost with the best of these coupons: the whole engine behind one pure function.
 *
 * Same cart, same wallet, same context: same answer, whatever order they came in. Every amount comes
 * from `applyCombination`, the definition; the search only says which coupons.
 */
import { applyCombination, type AppliedCombination } from './apply-combination.js';
import { candidateOf, cartColumns } from './candidate.js';
import type { CartColumns } from './placed-coupon.js';
import { whyUnusable } from './conditions/index.js';
import { explainOptions, type Judged } from './explain-options.js';
import { byOrderOfApplication } from './order-of-application.js';
import type {
  AppliedCoupon,
  Cart,
  QuotedLine,
  QuoteContext,
  QuoteResult,
  WalletCoupon,
} from './quote.types.js';
import { ScopeIndex } from './scope-index.js';
import { findBestCombination } from './search/find-best-combination.js';

/** @param wallet the coupons that may be chosen from; those that may not be used are explained only */
export function computeQuote(
  cart: Cart,
  wallet: readonly WalletCoupon[],
  context: QuoteContext,
): QuoteResult {
  const columns = cartColumns(cart.lines);
  const judged = judge(cart, wallet, context, columns);
  const candidates = judged.flatMap((one) => (one.unusable === null ? [one.candidate] : []));
  const found = findBestCombination(candidates, columns, context);
  const best = applyCombination(found.candidates, columns);
  const subtotalMinor = columns.subtotalMinor.reduce((sum, minor) => sum + minor, 0);
  return {
    subtotalMinor,
    discountMinor: best.discountMinor,
    payableMinor: subtotalMinor - best.discountMinor,
    lines: quotedLines(cart, columns, best),
    applied: appliedCoupons(cart, best),
    options: explainOptions(judged, columns, best),
    optimality: found.optimality,
    upperBoundMinor: found.upperBoundMinor,
    nodes: found.nodes,
  };
}

function judge(
  cart: Cart,
  wallet: readonly WalletCoupon[],
  context: QuoteContext,
  columns: CartColumns,
): Judged[] {
  const index = new ScopeIndex(cart.lines);
  return [...wallet].sort(byOrderOfApplication).map((coupon): Judged => {
    const unusable = whyUnusable(coupon, context, cart.currency);
    if (unusable !== null) return { coupon, unusable };
    const candidate = candidateOf(coupon, index.eligible(coupon.rules.scope), columns);
    return { coupon, unusable, candidate };
  });
}

function quotedLines(cart: Cart, columns: CartColumns, best: AppliedCombination): QuotedLine[] {
  return cart.lines.map(({ lineId }, line) => {
    const subtotalMinor = columns.subtotalMinor[line]!;
    const payableMinor = best.remainingMinor[line]!;
    return { lineId, subtotalMinor, discountMinor: subtotalMinor - payableMinor, payableMinor };
  });
}

function appliedCoupons(cart: Cart, best: AppliedCombination): AppliedCoupon[] {
  return best.applications.map(({ candidate, turn }) => ({
    couponId: candidate.coupon.couponId,
    discountMinor: turn.discountMinor,
    lines: candidate.eligible.flatMap((line, i) =>
      turn.sharesMinor[i]! > 0
        ? [{ lineId: cart.lines[line]!.lineId, discountMinor: turn.sharesMinor[i]! }]
        : [],
    ),
  }));
}
