/**
 * A quote from what was read: computed, named by what went in and what came out, and written as the text
 * that is kept.
 */
import { QUOTE_NODES_MAX, QUOTE_TTL_MS } from '../config/limits.js';
import type { Coupon } from '../coupon/coupon.types.js';
import { statusAt } from '../coupon/rules/coupon-lifecycle.js';
import { digest } from '../kernel/digest.js';
import type { TemplateRules } from '../template/template.types.js';
import type { StoredAppliedCoupon, StoredQuote } from './quote.types.js';
import { computeQuote } from './rules/compute-quote.js';
import { goneOptions } from './rules/gone-options.js';
import type { AppliedCoupon, Cart, WalletCoupon } from './rules/quote.types.js';
import { keptRulesOf } from './kept-rules.js';

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
  const {
    nodes: _,
    applied: best,
    ...answer
  } = computeQuote(cart, toWallet(inputs, nowMs), {
    nowMs: atMs,
    userLevel,
    orderId,
    maxCoupons,
    nodeLimit: QUOTE_NODES_MAX,
  });
  const rest = {
    ...answer,
    userId,
    orderId,
    currency: cart.currency,
    cart: cart.lines,
    options: [...answer.options, ...goneOptions(coupons)],
  };
  const applied = best.map((one) => withRules(one, inputs));
  const text = contentText(rest, applied);
  const wallet = coupons.map(({ id, version }) => `${id} ${version}`);
  const id = digest(text, wallet.join('\n'));
  const own = { id, createdAtMs: nowMs, expiresAtMs: nowMs + QUOTE_TTL_MS };
  return {
    quote: { ...rest, applied: applied.map(({ coupon }) => coupon), ...own },
    text: `${JSON.stringify(own).slice(0, -1)},${text}`,
  };
}

interface WrittenCoupon {
  readonly coupon: StoredAppliedCoupon;
  /** As JSON. */
  readonly text: string;
}

function withRules(
  applied: AppliedCoupon,
  { coupons, rules }: Pick<QuoteInputs, 'coupons' | 'rules'>,
): WrittenCoupon {
  const index = coupons.findIndex(({ id }) => id === applied.couponId);
  const { templateId, templateVersion } = coupons[index]!;
  const kept = keptRulesOf(rules[index]!);
  const own = { ...applied, templateId, templateVersion };
  return {
    coupon: { ...own, rules: kept.rules },
    text: `${JSON.stringify(own).slice(0, -1)},"rules":${kept.text}}`,
  };
}

/** The end of an object of JSON, from its first field on. Made once: for the name, and to be kept. */
function contentText(rest: object, applied: readonly WrittenCoupon[]): string {
  const coupons = applied.map(({ text }) => text).join(',');
  return `${JSON.stringify(rest).slice(1, -1)},"applied":[${coupons}]}`;
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
