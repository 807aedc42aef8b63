/** The GraphQL face of quotes: the query, the entity, and the discount of a neighbour's order. */
import { Arg, Ctx, Directive, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { ReadCoupons } from '../coupon/read-coupons.js';
import { OrderObject } from '../graph/neighbours.graphql.js';
import { toMoneyOf, toNullableMoney } from '../graph/money.graphql.js';
import { toRejection } from '../graph/rejection.graphql.js';
import type { RequestContext } from '../graph/request.js';
import { maySee, type Caller } from '../kernel/caller.js';
import { CouponObject } from '../coupon/coupon.graphql.js';
import { AppliedCouponObject, CouponOptionObject, DiscountQuoteObject, QuoteDiscountInput } from './quote.graphql.js';
import type { QuoteDiscount } from './quote-discount.js';
import type { StoredQuote } from './quote.types.js';
import type { ReadQuotes } from './read-quotes.js';

@Resolver(() => DiscountQuoteObject)
export class QuoteResolver {
  constructor(
    private readonly quotes: QuoteDiscount,
    private readonly stored: ReadQuotes,
    private readonly coupons: ReadCoupons,
  ) {}

  @Query(() => DiscountQuoteObject, { description: 'Changes nothing; the quote is honoured for 15 minutes.' })
  async quoteDiscount(
    @Ctx() { caller }: RequestContext,
    @Arg('input', () => QuoteDiscountInput) input: QuoteDiscountInput,
  ): Promise<unknown> {
    const { currency, lines, couponIds = null, orderId = null, userId = null, at = null } = input;
    const request = { currency, lines, couponIds, orderId, userId, atMs: at };
    return this.view(await this.quotes.run(caller, request), caller);
  }

  @Query(() => DiscountQuoteObject, { nullable: true })
  async discountQuote(@Ctx() { caller }: RequestContext, @Arg('id', () => ID) id: string): Promise<unknown> {
    return this.byId(caller, id);
  }

  /** Also what the gateway asks by key. */
  async byId(caller: Caller, id: string): Promise<unknown> {
    const quote = await this.stored.byId(caller, id);
    return quote && this.view(quote, caller);
  }

  /** The quote in the words of the graph; coupons are read only if they are asked for, all in one statement. */
  view(quote: StoredQuote, caller: Caller): unknown {
    const money = (amountMinor: number) => toMoneyOf(amountMinor, quote.currency);
    const coupon = (couponId: string) => () => this.coupons.byId(caller, couponId);
    return {
      id: quote.id,
      currency: quote.currency,
      subtotal: money(quote.subtotalMinor),
      discount: money(quote.discountMinor),
      payable: money(quote.payableMinor),
      optimality: quote.optimality,
      upperBound: toNullableMoney(quote.upperBoundMinor, quote.currency),
      createdAt: quote.createdAtMs,
      expiresAt: quote.expiresAtMs,
      lines: quote.lines.map((line) => ({
        lineId: line.lineId,
        subtotal: money(line.subtotalMinor),
        discount: money(line.discountMinor),
        payable: money(line.payableMinor),
      })),
      applied: quote.applied.map((applied) => ({
        readCoupon: coupon(applied.couponId),
        discount: money(applied.discountMinor),
        lines: applied.lines.map(({ lineId, discountMinor }) => ({ lineId, discount: money(discountMinor) })),
      })),
      options: quote.options.map((option) => ({
        readCoupon: coupon(option.couponId),
        applied: option.applied,
        saves: money(option.savesMinor),
        reason: option.reason && toRejection(option.reason, caller),
        conflictsWith: option.conflictsWith,
      })),
    };
  }
}

/** A part of a quote that names a coupon. */
interface NamesCoupon {
  readonly readCoupon: () => Promise<unknown>;
}

@Resolver(() => AppliedCouponObject)
export class AppliedCouponResolver {
  @FieldResolver(() => CouponObject)
  coupon(@Root() { readCoupon }: NamesCoupon): Promise<unknown> {
    return readCoupon();
  }
}

@Resolver(() => CouponOptionObject)
export class CouponOptionResolver {
  @FieldResolver(() => CouponObject)
  coupon(@Root() { readCoupon }: NamesCoupon): Promise<unknown> {
    return readCoupon();
  }
}

/** As the gateway sends it: raw JSON, no scalar is parsed. */
interface OrderRepresentation {
  readonly id: string;
  readonly currency: string;
  readonly customerId: string;
  readonly lines: readonly {
    readonly id: string;
    readonly productId: string;
    readonly categoryIds: readonly string[];
    readonly unitPrice: { readonly amount: string; readonly currency: string };
    readonly quantity: number;
  }[];
}

@Resolver(() => OrderObject)
export class OrderQuoteResolver {
  constructor(
    private readonly quotes: QuoteDiscount,
    private readonly face: QuoteResolver,
  ) {}

  @Directive(
    '@requires(fields: "currency customerId lines { id productId categoryIds unitPrice { amount currency } quantity }")',
  )
  @FieldResolver(() => DiscountQuoteObject, { nullable: true })
  async discountQuote(
    @Root() order: OrderRepresentation,
    @Ctx() { caller }: RequestContext,
  ): Promise<unknown> {
    if (!maySee(caller, order.customerId)) return null;
    const lines = order.lines.map(({ id, ...line }) => ({ lineId: id, ...line }));
    const request = {
      currency: order.currency,
      lines,
      couponIds: null,
      orderId: order.id,
      userId: order.customerId,
      atMs: null,
    };
    return this.face.view(await this.quotes.run(caller, request, 'order'), caller);
  }
}
