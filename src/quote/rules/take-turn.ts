/**
 * One coupon's turn: what it finds left on its lines, whether its threshold is reached, what it takes
 * off, and how that is spread.
 *
 * This is the definition of a discount; `search/` goes the same way over arrays and is tested to arrive
 * at the same shares. A discount is never more than the base, a share never more than its line.
 */
import { allocate } from '../../kernel/allocation.js';
import type { Discount, Terms } from './discounts/discount.types.js';
import type { CartColumns, PlacedCoupon } from './placed-coupon.js';
import { sumAt } from './sum-at.js';

export interface Turn {
  readonly discountMinor: number;
  /** One share an eligible line, in the order of `candidate.eligible`. */
  readonly sharesMinor: readonly number[];
}

/** What the coupon meets when these amounts are left on the lines. */
export function termsOf(candidate: PlacedCoupon, remainingMinor: readonly number[]): Terms {
  const { rules, faceValueMinor } = candidate.coupon;
  const baseMinor = sumAt(remainingMinor, candidate.eligible);
  const basisMinor = rules.thresholdBasis === 'ORIGINAL' ? candidate.originalMinor : baseMinor;
  return { rules, faceValueMinor, basisMinor, baseMinor };
}

/** How much more its lines would have to be worth; nothing once the threshold is reached. */
export function shortfallMinor(candidate: PlacedCoupon, terms: Terms): number {
  return Math.max(0, candidate.kind.thresholdMinor(terms.rules) - terms.basisMinor);
}

/** What the coupon takes off when these amounts are left on the lines, and on which of them. */
export function discountOf(
  candidate: PlacedCoupon,
  columns: CartColumns,
  remainingMinor: readonly number[],
): Discount {
  const { eligible, kind } = candidate;
  const terms = termsOf(candidate, remainingMinor);
  if (shortfallMinor(candidate, terms) > 0) return { amountMinor: 0, onLine: null };
  const lines = { eligible, unitPriceMinor: columns.unitPriceMinor, remainingMinor };
  const { amountMinor, onLine } = kind.discount(terms, lines);
  return { amountMinor: Math.min(amountMinor, terms.baseMinor), onLine };
}

/** The same with its shares; `remainingMinor` stays as it is. */
export function takeTurn(
  candidate: PlacedCoupon,
  columns: CartColumns,
  remainingMinor: readonly number[],
): Turn {
  const { eligible } = candidate;
  const { amountMinor, onLine } = discountOf(candidate, columns, remainingMinor);
  const weights = eligible.map((line) => remainingMinor[line]!);
  const sharesMinor =
    onLine === null
      ? allocate(amountMinor, weights)
      : eligible.map((line) => (line === onLine ? amountMinor : 0));
  return { discountMinor: amountMinor, sharesMinor };
}
