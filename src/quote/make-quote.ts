/**
 * A quote from what was read: computed, named by what went in and what came out, and written as the text
 * that is kept. The text is made once, for the name and for the store: a tenth of a quote's cost.
 */
import { QUOTE_NODES_MAX, QUOTE_TTL_MS } from '../config/limits.js';
import type { Coupon } from '../coupon/coupon.types.js';
import { statusAt } from '../coupon/rules/coupon-lifecycle.js';
import { digest } from '../kernel/digest.js';
import type { DiscountRules, TemplateRules } from '../template/template.types.js';
import type { StoredAppliedCoupon, StoredQuote } from './quote.types.js';
import { computeQuote } from './rules/compute-quote.js';
import { goneOptions } from './rules/gone-options.js';
import type { AppliedCoupon, Cart, WalletCoupon } from './rules/quote.types.js';

/** What a quote is computed from, once everything was read. */
export interface QuoteInputs {
  readonly userId: string;
  readonly level: string | null;
  readonly orderId: string | null;
  readonly cart: Cart;
  readonly coupons: readonly Coupon[];
  /** Of each coupon, in the same order. */
  readonly rules: readonly TemplateRules[];
  /** As of when it is priced. */
  readonly atMs: number;
  readonly maxCoupons: number;
}

export interface MadeQuote {
  readonly quote: StoredQuote;
  /** The quote as JSON. */
  readonly text: string;
}

export function makeQuote(inputs: QuoteInputs, nowMs: number): MadeQuote {
  const { userId, level: userLevel, orderId, cart, coupons, atMs, maxCoupons } = inputs;
  const { nodes: _, ...answer } = computeQuote(cart, toWallet(inputs, nowMs), {
    nowMs: atMs,
    userLevel,
    orderId,
    maxCoupons,
    nodeLimit: QUOTE_NODES_MAX,
  });
  const content = {
    ...answer,
    userId,
    orderId,
    currency: cart.currency,
    cart: cart.lines,
    options: [...answer.options, ...goneOptions(coupons)],
    applied: answer.applied.map((applied) => withRules(applied, inputs)),
  };
  const contentText = JSON.stringify(content);
  const wallet = coupons.map(({ id, version }) => `${id} ${version}`);
  const id = digest(contentText, wallet.join('\n'));
  const [createdAtMs, expiresAtMs] = [nowMs, nowMs + QUOTE_TTL_MS];
  const own = JSON.stringify({ id, createdAtMs, expiresAtMs });
  return {
    quote: { ...content, id, createdAtMs, expiresAtMs },
    text: `${own.slice(0, -1)},${contentText.slice(1)}`,
  };
}

function withRules(
  applied: AppliedCoupon,
  { coupons, rules }: Pick<QuoteInputs, 'coupons' | 'rules'>,
): StoredAppliedCoupon {
  const index = coupons.findIndex(({ id }) => id === applied.couponId);
  const { templateId, templateVersion } = coupons[index]!;
  return { ...applied, rules: discountRulesOf(rules[index]!), templateId, templateVersion };
}

/** Only what a price is made of: how many there are and who may claim (up to thousands of names) is not. */
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

/** The coupons that are worth searching; those that are gone are explained by goneOptions. */
function toWallet(
  { coupons, rules }: Pick<QuoteInputs, 'coupons' | 'rules'>,
  nowMs: number,
): WalletCoupon[] {
  return coupons.flatMap((coupon, index) => {
    const status = statusAt(coupon, nowMs);
    // By the clock an unused coupon past its time is EXPIRED; the engine decides that with its own clock.
    const quotable = status === 'EXPIRED' && coupon.status !== 'EXPIRED' ? 'UNUSED' : status;
    if (quotable !== 'UNUSED' && quotable !== 'HELD' && quotable !== 'FROZEN') return [];
    return [
      {
        couponId: coupon.id,
        status: quotable,
        heldForOrderId: quotable === 'HELD' ? coupon.orderId : null,
        faceValueMinor: coupon.faceValueMinor,
        validFromMs: coupon.validFromMs,
        expiresAtMs: coupon.expiresAtMs,
        rules: rules[index]!,
      },
    ];
  });
}
