/**
 * What a type of discount is: one small object a file, and a line in the registry.
 *
 * Amounts here are before the cap that holds for every type alike (never more than the base), which
 * `take-turn.ts` adds. Whatever state a coupon meets, these two must hold, for the search rests on them
 * and a property test checks every registered type:
 * - `discount` never grows when basis, base and the remaining amounts shrink;
 * - `ceilingMinor` is never less than `discount` of the same terms;
 * - where `isOneUnit`, `discount` is on one line, and never more than the price of a unit of it;
 * - where `keptBps` answers, exactly that part of the base stays, to half a minor unit, for this base and
 *   every smaller one.
 */
import type { CouponType, DiscountRules } from '../../../template/template.types.js';

/** What a coupon meets in its turn, in numbers. */
export interface Terms {
  readonly rules: DiscountRules;
  readonly faceValueMinor: number | null;
  /** What thresholds are compared with. */
  readonly basisMinor: number;
  /** What is left on the eligible lines. */
  readonly baseMinor: number;
}

/** What a coupon meets in its turn, line by line. */
export interface TermLines {
  /** Positions of the eligible lines, ascending. */
  readonly eligible: ArrayLike<number>;
  /** By position in the cart. */
  readonly unitPriceMinor: ArrayLike<number>;
  /** By position in the cart. */
  readonly remainingMinor: ArrayLike<number>;
}

export interface Discount {
  readonly amountMinor: number;
  /** The one line it is all on; null: spread over the eligible lines in proportion to what remains. */
  readonly onLine: number | null;
}

export interface DiscountKind {
  readonly code: CouponType;
  /** The smallest basis with which it takes anything off. */
  thresholdMinor(rules: DiscountRules): number;
  /** What it takes off once its threshold is reached. */
  discount(terms: Terms, lines: TermLines): Discount;
  /** At most what `discount` answers, without a look at the lines. */
  ceilingMinor(terms: Terms): number;
  /** Whether it is always one unit of one line, so that two of them never take the same unit. */
  readonly isOneUnit: boolean;
  /**
   * The bases at which the amount jumps, ascending: its threshold and tiers. None where `ceilingMinor` is
   * not the very amount. The search decides such coupons early; it finds the same without.
   */
  stepsMinor(rules: DiscountRules): readonly number[];
  /** What part of the base it leaves, if that is the same part of every base up to this one; else null. */
  keptBps(rules: DiscountRules, baseMinor: number): number | null;
}

/** A type whose amount needs no look at the lines: it is spread over all that are eligible. */
export function spreadKind(
  code: CouponType,
  thresholdMinor: (rules: DiscountRules) => number,
  amountMinor: (terms: Terms) => number,
): DiscountKind {
  return {
    code,
    thresholdMinor,
    discount: (terms) => ({ amountMinor: amountMinor(terms), onLine: null }),
    ceilingMinor: amountMinor,
    isOneUnit: false,
    stepsMinor: (rules) => [thresholdMinor(rules)],
    keptBps: () => null,
  };
}

/** The threshold of the types without tiers; none is zero. */
export function plainThresholdMinor(rules: DiscountRules): number {
  return rules.thresholdMinor ?? 0;
}
