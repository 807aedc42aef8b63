/** The words of an experiment's numbers. An arm is a template that was approved, whatever became of it. */
import type { TemplateStats } from './numbers.types.js';

/** A value and the 95 % confidence interval around it. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** An arm as the worker counted it last; undefined: it was not counted yet. */
export interface ArmCounts {
  readonly templateId: string;
  readonly weight: number;
  readonly stats:
    Pick<TemplateStats, 'issued' | 'used' | 'discountGivenMinor' | 'countedAtMs'> | undefined;
}

export interface ArmNumbers {
  readonly claimed: number;
  readonly used: number;
  readonly discountGivenMinor: number;
  /** Used of claimed; undefined: none was claimed. */
  readonly conversion: Estimate | undefined;
  readonly countedAtMs: number;
}

/** Against the control. */
export interface ArmUplift {
  /** The difference of the conversions; undefined: one of the two has no claim. */
  readonly conversion: Estimate | undefined;
  /** The part by which more coupons were used for as many users; undefined: the control has none. */
  readonly uses: Estimate | undefined;
}

export interface ArmResult {
  readonly templateId: string;
  readonly weight: number;
  readonly isControl: boolean;
  /** undefined: not counted yet. */
  readonly numbers: ArmNumbers | undefined;
  /** undefined: the control itself, or one of the two was not counted yet. */
  readonly uplift: ArmUplift | undefined;
}
