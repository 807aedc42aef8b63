/**
 * FULL_CUT (满减): spend so much, so much comes off.
 * The best tier reached applies; tiers ascend, so that is the highest. A repeatable one cuts again for
 * every full threshold, at most maxDiscount. 30 off each 200: a basis of 450 gives 60.
 */
import type { DiscountRules, DiscountTier } from '../../../template/template.types.js';
import { spreadKind, type DiscountKind, type Terms } from './discount.types.js';

export const fullCut: DiscountKind = {
  ...spreadKind('FULL_CUT', lowestThresholdMinor, amountMinor),
  stepsMinor: ({ tiers }) => tiers.map((tier) => tier.thresholdMinor).sort((a, b) => a - b),
};

function lowestThresholdMinor({ tiers }: DiscountRules): number {
  return tiers.length === 0 ? 0 : Math.min(...tiers.map((tier) => tier.thresholdMinor));
}

function amountMinor({ rules, basisMinor }: Terms): number {
  let bestMinor = 0;
  for (const tier of rules.tiers) {
    if (tier.thresholdMinor > basisMinor) continue;
    bestMinor = Math.max(bestMinor, tier.amountMinor * timesReached(rules, tier, basisMinor));
  }
  return rules.repeatable ? Math.min(bestMinor, rules.maxDiscountMinor ?? Infinity) : bestMinor;
}

/** A product that is no safe integer is larger than any base, and the base caps it. */
function timesReached(rules: DiscountRules, tier: DiscountTier, basisMinor: number): number {
  if (!rules.repeatable || tier.thresholdMinor === 0) return 1;
  return Math.floor(basisMinor / tier.thresholdMinor);
}
