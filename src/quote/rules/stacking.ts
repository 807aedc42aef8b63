/**
 * Stacking: which coupons may stand together in one order.
 * Both must accept the other, and an exclusion group sends at most one. A new strategy is one line in
 * the registry.
 */
import type { DiscountRules, StackStrategy } from '../../template/template.types.js';

type Accepts = (own: DiscountRules, other: DiscountRules) => boolean;

const ACCEPTS: Readonly<Record<StackStrategy, Accepts>> = {
  NONE: () => false,
  SAME_TYPE: (own, other) => own.type === other.type,
  ALL: () => true,
};

/** Whether two coupons may stand in one order. */
export function mayStandTogether(a: DiscountRules, b: DiscountRules): boolean {
  return (
    ACCEPTS[a.stackStrategy](a, b) && ACCEPTS[b.stackStrategy](b, a) && !shareExclusionGroup(a, b)
  );
}

function shareExclusionGroup(a: DiscountRules, b: DiscountRules): boolean {
  return a.exclusionGroup !== null && a.exclusionGroup === b.exclusionGroup;
}
