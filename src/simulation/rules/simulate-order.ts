/**
 * One past order with and without a coupon of the draft, by the engine that quotes: cost is the difference
 * of the two best combinations, which is what the shop would have paid.
 *
 * Assumed: the customer held exactly one coupon of the draft beside those that are known, was of a level
 * that may use each, and all of them were valid. Of a red packet the face value is the mean of its budget.
 */
import { QUOTE_NODES_MAX } from '../../config/limits.js';
import { computeQuote } from '../../quote/rules/compute-quote.js';
import type { QuoteResult, WalletCoupon } from '../../quote/rules/quote.types.js';
import type { DiscountRules, TemplateRules } from '../../template/template.types.js';
import type { PastOrder } from '../simulation.types.js';

/** After every id of ours, so that the draft's coupon loses ties. */
const DRAFT_ID = 'draft';

export interface SimulatedOrder {
  readonly extraMinor: number;
  readonly isHit: boolean;
  readonly isBounded: boolean;
  /** Templates of coupons that are used without the draft and not beside it. */
  readonly displaced: readonly string[];
}

export function simulateOrder(
  { cart, held }: PastOrder,
  draft: TemplateRules,
  maxCoupons: number,
): SimulatedOrder {
  const wallet = held.map(({ couponId, faceValueMinor, rules }) =>
    usable(couponId, rules, faceValueMinor),
  );
  const own = usable(DRAFT_ID, draft, meanDraw(draft));
  const context = {
    nowMs: 0,
    userLevel: null,
    orderId: null,
    maxCoupons,
    nodeLimit: QUOTE_NODES_MAX,
  };
  const without = computeQuote(cart, wallet, context);
  const beside = computeQuote(cart, [...wallet, own], context);
  const applied = appliedIds(beside);
  const gone = appliedIds(without);
  return {
    extraMinor: beside.discountMinor - without.discountMinor,
    isHit: applied.has(DRAFT_ID),
    isBounded: [without, beside].some(({ optimality }) => optimality === 'BOUNDED'),
    displaced: held
      .filter(({ couponId }) => gone.has(couponId) && !applied.has(couponId))
      .map(({ templateId }) => templateId),
  };
}

/** Valid now, for longer than any other: what dies first is spent first, so the draft's comes last in ties. */
function usable(
  couponId: string,
  rules: DiscountRules,
  faceValueMinor: number | null,
): WalletCoupon {
  return {
    couponId,
    status: 'UNUSED',
    heldForOrderId: null,
    faceValueMinor,
    validFromMs: 0,
    expiresAtMs: couponId === DRAFT_ID ? 2 : 1,
    rules: { ...rules, userLevels: [] },
  };
}

function meanDraw({ redPacket, totalCount }: TemplateRules): number | null {
  if (redPacket === null) return null;
  return Math.floor(redPacket.budgetMinor / Math.max(1, totalCount ?? 1));
}

function appliedIds({ applied }: QuoteResult): Set<string> {
  return new Set(applied.map(({ couponId }) => couponId));
}
