/**
 * What the arms of an experiment came to, each against the control: the arm that was written first, so
 * that nobody chooses it when the numbers are known.
 *
 * Two questions, because they may have two answers. `conversion`: of the coupons that were claimed, how many
 * more were used? Whoever finds an arm attractive claims it, so its claimers may be others than the
 * control's. `uses`: how many more were used for as many users? Users are dealt to the arms by weight,
 * whether they claim or not, so this one compares like with like.
 */
import type { ArmCounts, ArmResult } from '../experiment.types.js';
import { differenceOf, gainOf, shareOf, type Share } from './estimate.js';

/** @param arms in the order in which they were written; the first is the control */
export function compareArms(arms: readonly ArmCounts[]): ArmResult[] {
  const [control] = arms;
  return arms.map((arm) => ({
    templateId: arm.templateId,
    weight: arm.weight,
    isControl: arm === control,
    numbers: arm.stats && {
      claimed: arm.stats.issued,
      used: arm.stats.used,
      discountGivenMinor: arm.stats.discountGivenMinor,
      conversion: shareOf(conversionOf(arm.stats)),
      countedAtMs: arm.stats.countedAtMs,
    },
    uplift: arm === control ? undefined : upliftOf(arm, control!),
  }));
}

function upliftOf(arm: ArmCounts, control: ArmCounts): ArmResult['uplift'] {
  if (arm.stats === undefined || control.stats === undefined) return undefined;
  return {
    conversion: differenceOf(conversionOf(arm.stats), conversionOf(control.stats)),
    uses: gainOf(
      { count: arm.stats.used, weight: arm.weight },
      { count: control.stats.used, weight: control.weight },
    ),
  };
}

function conversionOf({ used, issued }: { readonly used: number; readonly issued: number }): Share {
  return { hits: used, total: issued };
}
