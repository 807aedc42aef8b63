/**
 * Prices a cart with the best coupons of a wallet and keeps the answer, so that a hold can honour it.
 *
 * One wallet statement and at most one statement for the rules, however many coupons. The id is made of
 * what went in and what came out: the same inputs, wallet and rules have the same id, and asking again
 * extends its life. A quote `at` another time is an operator's look and is not kept.
 */
import { QUOTE_NODES_MAX, QUOTE_TTL_MS, QUOTE_WALLET_MAX } from '../config/limits.js';
import type { Coupon } from '../coupon/coupon.types.js';
import { statusAt } from '../coupon/rules/coupon-lifecycle.js';
import {
  hasScope,
  maySee,
  NotAllowed,
  requireScope,
  requireUser,
  type Caller,
} from '../kernel/caller.js';
import type { Clock } from '../kernel/clock.js';
import { digest } from '../kernel/digest.js';
import { readExternalId } from '../kernel/external-id.js';
import { requireInput } from '../kernel/input-error.js';
import type { Database } from '../storage/database.js';
import { readVersionsAt } from '../template/template.store.js';
import type { TemplateCatalog } from '../template/template-catalog.js';
import type { TemplateRules } from '../template/template.types.js';
import type { QuoteStore } from './quote-store.js';
import type { StoredQuote } from './quote.types.js';
import { computeQuote } from './rules/compute-quote.js';
import { goneOptions } from './rules/gone-options.js';
import type { Cart, WalletCoupon } from './rules/quote.types.js';
import { readCart, type SentCart } from './rules/read-cart.js';
import type { Wallets } from './wallets.js';

export interface QuoteRequest extends SentCart {
  readonly couponIds: readonly string[] | null;
  readonly orderId: string | null;
  readonly userId: string | null;
  readonly atMs: number | null;
}

export interface QuoteParts {
  readonly database: Database;
  readonly catalog: TemplateCatalog;
  readonly wallets: Wallets;
  readonly store: QuoteStore;
  /** What an order with a live redemption was held under. */
  readonly liveQuoteOf: (orderId: string) => Promise<StoredQuote | undefined>;
  readonly clock: Clock;
  readonly maxCoupons: number;
}

/** A quote with the coupons that were read for it, so that nobody reads them again to show them. */
export interface Priced {
  readonly quote: StoredQuote;
  readonly coupons: readonly Coupon[];
}

/** What a quote is computed from, once everything was read. */
interface Inputs {
  readonly userId: string;
  readonly level: string | null;
  readonly orderId: string | null;
  readonly cart: Cart;
  readonly coupons: readonly Coupon[];
  readonly rules: readonly TemplateRules[];
  readonly atMs: number;
}

export class QuoteDiscount {
  constructor(private readonly parts: QuoteParts) {}

  /** @throws InputError · NotAuthenticated · NotAllowed · DatabaseUnavailable */
  async run(caller: Caller, request: QuoteRequest, field = 'input'): Promise<Priced> {
    const userId = readWhose(caller, request.userId, field);
    if (request.atMs !== null) requireScope(caller, 'coupons:admin');
    const orderId =
      request.orderId === null ? null : readExternalId(request.orderId, `${field}.orderId`);
    const cart = readCart(request, field);
    const nowMs = this.parts.clock.nowMs();
    const atMs = request.atMs ?? nowMs;
    const [live, coupons] = await Promise.all([
      orderId === null ? undefined : this.parts.liveQuoteOf(orderId),
      this.coupons(userId, request.couponIds, atMs, field),
    ]);
    if (live !== undefined && maySee(caller, live.userId)) return { quote: live, coupons };
    const rules = await this.rulesOf(coupons, request.atMs);
    const level = caller.userId === userId ? caller.level : null;
    const quote = this.quote({ userId, level, orderId, cart, coupons, rules, atMs });
    if (request.atMs === null) await this.parts.store.save(quote);
    return { quote, coupons };
  }

  private async coupons(
    userId: string,
    couponIds: readonly string[] | null,
    atMs: number,
    field: string,
  ): Promise<Coupon[]> {
    if (couponIds === null) return this.parts.wallets.of(userId, atMs);
    requireInput(
      couponIds.length <= QUOTE_WALLET_MAX,
      `${field}.couponIds`,
      `must have at most ${QUOTE_WALLET_MAX} ids`,
    );
    const found = new Map(
      (await this.parts.wallets.named(couponIds)).map((coupon) => [coupon.id, coupon]),
    );
    return couponIds.map((id, index) => {
      const here = `${field}.couponIds[${index}]`;
      requireInput(couponIds.indexOf(id) === index, here, 'is there twice');
      const coupon = found.get(id);
      requireInput(coupon?.userId === userId, here, 'is not a coupon of this wallet');
      return coupon;
    });
  }

  /** The rules each coupon was issued under; `at` another time, those in force then. */
  private async rulesOf(coupons: readonly Coupon[], atMs: number | null): Promise<TemplateRules[]> {
    if (atMs === null) {
      return Promise.all(
        coupons.map((coupon) =>
          this.parts.catalog.rulesOf(coupon.templateId, coupon.templateVersion),
        ),
      );
    }
    const templateIds = [...new Set(coupons.map(({ templateId }) => templateId))];
    const then = await readVersionsAt(this.parts.database, templateIds, atMs);
    return coupons.map(({ templateId }) => then.get(templateId)!);
  }

  private quote(inputs: Inputs): StoredQuote {
    const { userId, level, orderId, cart, coupons, rules, atMs } = inputs;
    const nowMs = this.parts.clock.nowMs();
    const byId = new Map(
      coupons.map((coupon, index) => [coupon.id, { coupon, rules: rules[index]! }]),
    );
    const result = computeQuote(cart, toWallet(inputs, nowMs), {
      nowMs: atMs,
      userLevel: level,
      orderId,
      maxCoupons: this.parts.maxCoupons,
      nodeLimit: QUOTE_NODES_MAX,
    });
    const { nodes: _, ...answer } = result;
    const content = {
      ...answer,
      userId,
      orderId,
      currency: cart.currency,
      cart: cart.lines,
      options: [...answer.options, ...goneOptions(coupons)],
      applied: answer.applied.map((applied) => {
        const { coupon, rules: itsRules } = byId.get(applied.couponId)!;
        return {
          ...applied,
          rules: itsRules,
          templateId: coupon.templateId,
          templateVersion: coupon.templateVersion,
        };
      }),
    };
    const wallet = coupons.map(({ id, version }) => `${id} ${version}`);
    const id = digest(JSON.stringify(content), JSON.stringify(wallet));
    return { ...content, id, createdAtMs: nowMs, expiresAtMs: nowMs + QUOTE_TTL_MS };
  }
}

/** Somebody else's wallet is for services and operators. */
function readWhose(caller: Caller, userId: string | null, field: string): string {
  const self = requireUser(caller);
  if (userId === null || userId === self) return self;
  const isService = hasScope(caller, 'coupons:redeem') || hasScope(caller, 'coupons:admin');
  if (!isService) throw new NotAllowed('the scope coupons:redeem to quote for somebody else');
  return readExternalId(userId, `${field}.userId`);
}

/** The coupons that are worth searching; those that are gone are explained by goneOptions. */
function toWallet({ coupons, rules }: Inputs, nowMs: number): WalletCoupon[] {
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
