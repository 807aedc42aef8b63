/** Adds simulated orders up. */
import { mayStandTogether } from '../../quote/rules/stacking.js';
import type { DiscountRules, TemplateRules } from '../../template/template.types.js';
import type {
  ConflictReason,
  PastOrder,
  SimulationConflict,
  SimulationSummary,
} from '../simulation.types.js';
import { simulateOrder } from './simulate-order.js';

export interface RunningTemplate {
  readonly id: string;
  readonly rules: DiscountRules;
}

export class SimulationTally {
  private orders = 0;
  private hit = 0;
  private costMinor = 0;
  private otherCurrency = 0;
  private bounded = 0;
  private readonly displaced = new Map<string, number>();

  constructor(
    private readonly draft: TemplateRules,
    private readonly maxCoupons: number,
  ) {}

  add(order: PastOrder): void {
    if (order.cart.currency !== this.draft.currency) {
      this.otherCurrency += 1;
      return;
    }
    const { extraMinor, isHit, isBounded, displaced } = simulateOrder(
      order,
      this.draft,
      this.maxCoupons,
    );
    this.orders += 1;
    this.costMinor += extraMinor;
    if (isHit) this.hit += 1;
    if (isBounded) this.bounded += 1;
    for (const id of new Set(displaced)) this.displaced.set(id, (this.displaced.get(id) ?? 0) + 1);
  }

  /** @param running templates whose coupons customers may hold now */
  summary(running: readonly RunningTemplate[], isComplete: boolean): SimulationSummary {
    const { orders, hit, costMinor, otherCurrency, bounded, draft } = this;
    return {
      orders,
      hit,
      costMinor,
      otherCurrency,
      bounded,
      isComplete,
      currency: draft.currency,
      conflicts: this.conflicts(running),
    };
  }

  /** Those that cannot stand together with the draft, and those it took the place of; the most displaced first. */
  private conflicts(running: readonly RunningTemplate[]): SimulationConflict[] {
    const reasons = new Map(running.map(({ id, rules }) => [id, conflictOf(this.draft, rules)]));
    const ids = new Set([...reasons.keys(), ...this.displaced.keys()]);
    return [...ids]
      .map((templateId) => ({
        templateId,
        reason: reasons.get(templateId) ?? null,
        displaced: this.displaced.get(templateId) ?? 0,
      }))
      .filter(({ reason, displaced }) => reason !== null || displaced > 0)
      .toSorted((a, b) => b.displaced - a.displaced || (a.templateId < b.templateId ? -1 : 1));
  }
}

function conflictOf(draft: DiscountRules, other: DiscountRules): ConflictReason | null {
  if (draft.currency !== other.currency || mayStandTogether(draft, other)) return null;
  const sameGroup = draft.exclusionGroup !== null && draft.exclusionGroup === other.exclusionGroup;
  return sameGroup ? 'EXCLUSION_GROUP' : 'STACKING';
}
