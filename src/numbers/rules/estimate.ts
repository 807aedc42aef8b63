/**
 * Shares and their comparison with what chance alone leaves open: 95 % confidence intervals that stay right
 * for few coupons, none used or all used, where the usual z interval is wrong.
 *
 * Sources: a share has the score interval of Wilson ("Probable Inference, the Law of Succession, and
 * Statistical Inference", 1927). A difference of two shares has the hybrid score interval (method 10) of
 * Newcombe ("Interval Estimation for the Difference Between Independent Proportions", 1998). A ratio of two
 * counts is decided by the share of the first in both together (Przyborowski and Wilenski, "Homogeneity of
 * Results in Testing Samples from Poisson Series", 1940), which has Wilson's interval again.
 */

import type { Estimate } from '../experiment.types.js';

/** `hits` of `total`. */
export interface Share {
  readonly hits: number;
  readonly total: number;
}

/** What was counted, and the part of all users that could bring it about. */
export interface WeighedCount {
  readonly count: number;
  readonly weight: number;
}

/** The 97.5 % quantile of the normal distribution: 2.5 % are left over on either side. */
const Z = 1.959963984540054;

/** undefined: of nothing there is no share. */
export function shareOf({ hits, total }: Share): Estimate | undefined {
  if (total === 0) return undefined;
  const value = hits / total;
  const spread = Z * Math.sqrt((value * (1 - value)) / total + Z ** 2 / (4 * total ** 2));
  const middle = value + Z ** 2 / (2 * total);
  const scale = 1 + Z ** 2 / total;
  // None and all are the ends by the formula too; only rounding would step over them.
  return {
    value,
    low: hits === 0 ? 0 : (middle - spread) / scale,
    high: hits === total ? 1 : (middle + spread) / scale,
  };
}

/** By how much the first share is larger, -1 to 1. undefined: one of them is of nothing. */
export function differenceOf(first: Share, second: Share): Estimate | undefined {
  const [a, b] = [shareOf(first), shareOf(second)];
  if (a === undefined || b === undefined) return undefined;
  const value = a.value - b.value;
  return {
    value,
    low: value - Math.hypot(a.value - a.low, b.high - b.value),
    high: value + Math.hypot(a.high - a.value, b.value - b.low),
  };
}

/**
 * By what part the first has more than the second for the same weight: 0.1 is a tenth more, -1 nothing at all.
 * undefined: the second has none, so nothing is a part of it.
 */
export function gainOf(first: WeighedCount, second: WeighedCount): Estimate | undefined {
  if (second.count === 0) return undefined;
  const ofBoth = shareOf({ hits: first.count, total: first.count + second.count })!;
  const gain = (share: number) => ((share / (1 - share)) * second.weight) / first.weight - 1;
  return { value: gain(ofBoth.value), low: gain(ofBoth.low), high: gain(ofBoth.high) };
}
