/** The words of a simulation: a template as if every past customer had held one coupon of it. */
import type { Cart } from '../quote/rules/quote.types.js';
import type { DiscountRules } from '../template/template.types.js';

/** A coupon that stood beside the order: one that was used, or one that the caller says was held. */
export interface HeldCoupon {
  readonly couponId: string;
  readonly templateId: string;
  readonly faceValueMinor: number | null;
  readonly rules: DiscountRules;
}

export interface PastOrder {
  readonly cart: Cart;
  readonly held: readonly HeldCoupon[];
}

/** Why two templates' coupons cannot stand in one order. */
export type ConflictReason = 'EXCLUSION_GROUP' | 'STACKING';

export interface SimulationConflict {
  readonly templateId: string;
  /** null: they may stand together, and the draft still took its place in some order. */
  readonly reason: ConflictReason | null;
  /** Orders whose coupon of that template would not have been used. */
  readonly displaced: number;
}

export interface SimulationSummary {
  /** Those simulated, in the currency of the draft. */
  readonly orders: number;
  /** Orders that the draft would have taken something off. */
  readonly hit: number;
  /** What all orders together would have had more off: with the draft, less without it. */
  readonly costMinor: number;
  /** Orders in another currency: none of them is counted. */
  readonly otherCurrency: number;
  /** Orders where the search for the best combination stopped at its limit, so that cost is near, not exact. */
  readonly bounded: number;
  /** false: there were more orders than may be simulated, or not enough time. */
  readonly isComplete: boolean;
  readonly currency: string;
  readonly conflicts: readonly SimulationConflict[];
}

export interface Simulation extends SimulationSummary {
  readonly simulatedAtMs: number;
  readonly actor: string;
}
