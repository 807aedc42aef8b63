/** The GraphQL face of quotes: the query, the entity, and the discount of a neighbour's order. */
import { Arg, Ctx, Directive, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { ReadCoupons } from '../coupon/read-coupons.js';
import { OrderObject } from '../graph/neighbours.graphql.js';
import { toMoneyOf, toNullableMoney } from '../graph/money.graphql.js';
import { toRejection } from '../graph/rejection.graphql.js';
import type { RequestContext } from '../graph/request.js';
import { maySee, type Caller } from '../kernel/caller.js';
import { CouponObject } from '../coupon/coupon.graphql.js';
import {
  AppliedCouponObject,
  CouponOptionObject,
  DiscountQuoteObject,
  QuoteDiscountInput,
} from './quote.graphql.js';
import { readOrder } from './order-representation.js';
import type { Priced, QuoteDiscount } from './quote-discount.js';
import type { ReadQuotes } from './read-quotes.js';

@Resolver(() => DiscountQuoteObject)
export class QuoteResolver {
  constructor(
    private readonly quotes: QuoteDiscount,
    private readonly stored: ReadQuotes,
    private readonly coupons: ReadCoupons,
  ) {}

  @Query(() => DiscountQuoteObject, {
    description: 'Changes nothing; the quote is honoured for 15 minutes.',
  })
  async quoteDiscount(
    @Ctx() { caller }: RequestContext,
    @Arg('input', () => QuoteDiscountInput) input: QuoteDiscountInput,
  ): Promise<unknown> {
    const { currency, lines, couponIds = null, orderId = null, userId = null, at = null } = input;
    const request = { currency, lines, couponIds, orderId, userId, atMs: at };
    return this.view(await this.quotes.run(caller, request), caller);
  }

  @Query(() => DiscountQuoteObject, { nullable: true })
  async discountQuote(
    @Ctx() { caller }: RequestContext,
    @Arg('id', () => ID) id: string,
  ): Promise<unknown> {
    return this.byId(caller, id);
  }

  /** Also what the gateway asks by key. */
  async byId(caller: Caller, id: string): Promise<unknown> {
    const quote = await this.stored.byId(caller, id);
    return quote && this.view({ quote, coupons: [] }, caller);
  }

  /**
   * The quote in the words of the graph. Coupons that were not read with it are read only if they are
   * asked for, all in one statement.
   */
  view({ quote, coupons }: Priced, caller: Caller): unknown {
    const read = new Map(coupons.map((coupon) => [coupon.id, coupon]));
    const money = (amountMinor: number) => toMoneyOf(amountMinor, quote.currency);
    const coupon = (couponId: string) => () =>
      read.get(couponId) ?? this.coupons.byId(caller, couponId);
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
        lines: applied.lines.map(({ lineId, discountMinor }) => ({
          lineId,
          discount: money(discountMinor),
        })),
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
  readonly readCoupon: () => unknown;
}

@Resolver(() => AppliedCouponObject)
export class AppliedCouponResolver {
  @FieldResolver(() => CouponObject)
  coupon(@Root() { readCoupon }: NamesCoupon): unknown {
    return readCoupon();
  }
}

@Resolver(() => CouponOptionObject)
export class CouponOptionResolver {
  @FieldResolver(() => CouponObject)
  coupon(@Root() { readCoupon }: NamesCoupon): unknown {
    return readCoupon();
  }
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
    @Root() representation: unknown,
    @Ctx() { caller }: RequestContext,
  ): Promise<unknown> {
    const order = readOrder(representation);
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
