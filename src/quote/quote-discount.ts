/**
 * Prices a cart with the best coupons of a wallet and keeps the answer, so that a hold can honour it.
 *
 * One wallet statement and at most one statement for the rules, however many coupons. The id is made of
 * what went in and what came out: the same inputs, wallet and rules have the same id, and asking again
 * extends its life. A quote `at` another time is an operator's look and is not kept.
 */
import { QUOTE_WALLET_MAX } from '../config/limits.js';
import type { Coupon } from '../coupon/coupon.types.js';
import {
  hasScope,
  maySee,
  NotAllowed,
  requireScope,
  requireUser,
  type Caller,
} from '../kernel/caller.js';
import type { Clock } from '../kernel/clock.js';
import { readExternalId } from '../kernel/external-id.js';
import { requireInput } from '../kernel/input-error.js';
import type { Database } from '../storage/database.js';
import { readVersionsAt } from '../template/template.store.js';
import type { TemplateCatalog } from '../template/template-catalog.js';
import type { TemplateRules } from '../template/template.types.js';
import { makeQuote } from './make-quote.js';
import type { QuoteStore } from './quote-store.js';
import type { StoredQuote } from './quote.types.js';
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
    const { clock, maxCoupons, store } = this.parts;
    const inputs = { userId, level, orderId, cart, coupons, rules, atMs, maxCoupons };
    const { quote, text } = makeQuote(inputs, clock.nowMs());
    if (request.atMs === null) await store.save(quote, text);
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
}

/** Somebody else's wallet is for services and operators. */
function readWhose(caller: Caller, userId: string | null, field: string): string {
  const self = requireUser(caller);
  if (userId === null || userId === self) return self;
  const isService = hasScope(caller, 'coupons:redeem') || hasScope(caller, 'coupons:admin');
  if (!isService) throw new NotAllowed('the scope coupons:redeem to quote for somebody else');
  return readExternalId(userId, `${field}.userId`);
}
