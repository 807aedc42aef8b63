/**
 * What a quote keeps of a coupon's rules: those that a price is made of. How many there are and who may claim
 * (up to thousands of names) is not. Rules of a version never change, so their text is made once: it was
 * half of the text of a quote.
 */
import type { DiscountRules, TemplateRules } from '../template/template.types.js';

export interface KeptRules {
  readonly rules: DiscountRules;
  /** As JSON. */
  readonly text: string;
}

/** Goes with the rules, of which the catalog holds a bounded number. */
const known = new WeakMap<TemplateRules, KeptRules>();

export function keptRulesOf(rules: TemplateRules): KeptRules {
  let kept = known.get(rules);
  if (kept === undefined) {
    const own = discountRulesOf(rules);
    known.set(rules, (kept = { rules: own, text: JSON.stringify(own) }));
  }
  return kept;
}

function discountRulesOf(rules: TemplateRules): DiscountRules {
  return {
    type: rules.type,
    currency: rules.currency,
    tiers: rules.tiers,
    repeatable: rules.repeatable,
    amountMinor: rules.amountMinor,
    rateBps: rules.rateBps,
    maxDiscountMinor: rules.maxDiscountMinor,
    thresholdMinor: rules.thresholdMinor,
    thresholdBasis: rules.thresholdBasis,
    scope: rules.scope,
    stackStrategy: rules.stackStrategy,
    priority: rules.priority,
    exclusionGroup: rules.exclusionGroup,
    userLevels: rules.userLevels,
  };
}
