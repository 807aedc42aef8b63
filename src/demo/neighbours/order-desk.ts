/**
 * The sample order service: fills a cart, places the order, takes the money, takes units back.
 *
 * Placing holds the quote's coupons, so that the price stands while the customer pays; only after the
 * money came are they confirmed. What a returned unit is worth is the coupons subgraph's to say.
 */
import { randomUUID } from 'node:crypto';
import { GraphQLError } from 'graphql';
import { formatMinor, parseMinor } from '../../kernel/money.js';
import type { CouponsClient, Redeemed } from './coupons-client.js';
import { productById } from './products.js';

export interface OrderLine {
  readonly id: string;
  readonly productId: string;
  readonly categoryIds: readonly string[];
  readonly unitPrice: { readonly amount: string; readonly currency: string };
  readonly quantity: number;
}

export interface Order {
  readonly id: string;
  readonly status: 'OPEN' | 'PLACED' | 'PAID';
  readonly currency: string;
  readonly customerId: string;
  readonly lines: readonly OrderLine[];
  readonly totalMinor: number | null;
  readonly paidBackMinor: number;
}

export type Refused = { readonly code: string; readonly message: string };
export type OrderOutcome = { readonly order: Order } | Refused;

type Done = Extract<Redeemed, { __typename: 'RedemptionDone' }>;

const CURRENCY = 'CNY';

export class OrderDesk {
  private readonly orders = new Map<string, Order>();
  private readonly coupons: CouponsClient;

  constructor(coupons: CouponsClient) {
    this.coupons = coupons;
  }

  /** undefined: there is none, or it is somebody else's. */
  find(orderId: string, customerId: string): Order | undefined {
    const order = this.orders.get(orderId);
    return order?.customerId === customerId ? order : undefined;
  }

  /** Newest first. */
  ofCustomer(customerId: string): Order[] {
    return [...this.orders.values()]
      .filter((order) => order.customerId === customerId)
      .toReversed();
  }

  create(customerId: string, cart: readonly { productId: string; quantity: number }[]): Order {
    const lines = cart.map(({ productId, quantity }, index) => {
      const product = productById(productId);
      if (product === null) throw new GraphQLError(`There is no product "${productId}".`);
      const { categoryIds, price: unitPrice } = product;
      return { id: `line-${index + 1}`, productId, categoryIds, unitPrice, quantity };
    });
    const id = `order-${randomUUID()}`;
    const start = {
      status: 'OPEN',
      currency: CURRENCY,
      totalMinor: null,
      paidBackMinor: 0,
    } as const;
    return this.keep({ id, customerId, lines, ...start });
  }

  async place(order: Order, quoteId: string): Promise<OrderOutcome> {
    if (order.status === 'PAID') return refused('ALREADY_PAID', 'The order is paid.');
    const held = await this.coupons.hold(order.id, quoteId);
    if (held.__typename === 'Rejection') return held;
    return { order: this.keep({ ...order, status: 'PLACED', totalMinor: sumOf(held, 'payable') }) };
  }

  async pay(order: Order): Promise<OrderOutcome> {
    if (order.status === 'PAID') return { order };
    if (order.status === 'OPEN') return refused('NOT_PLACED', 'Place the order first.');
    const confirmed = await this.coupons.confirm(order.id);
    if (confirmed.__typename === 'RedemptionDone')
      return { order: this.keep({ ...order, status: 'PAID' }) };
    // The hold is over and its coupons went elsewhere: the money goes back and the cart is quoted again.
    this.keep({ ...order, status: 'OPEN', totalMinor: null });
    return confirmed;
  }

  async takeBack(
    order: Order,
    lines: readonly { lineId: string; quantity: number }[],
    returnId: string,
  ): Promise<OrderOutcome> {
    if (order.status !== 'PAID')
      return refused('NOT_PAID', 'Only a paid order has units to return.');
    const refunded = await this.coupons.refund(order.id, lines, returnId);
    if (refunded.__typename === 'Rejection') return refunded;
    return { order: this.keep({ ...order, paidBackMinor: sumOf(refunded, 'refundedPayable') }) };
  }

  private keep(order: Order): Order {
    this.orders.set(order.id, order);
    return order;
  }
}

function sumOf({ redemption }: Done, column: 'payable' | 'refundedPayable'): number {
  return redemption.lines
    .map((line) => parseMinor(line[column].amount, line[column].currency, column))
    .reduce((sum, minor) => sum + minor, 0);
}

function refused(code: string, message: string): Refused {
  return { code, message };
}

export function moneyOf(amountMinor: number): { amount: string; currency: string } {
  return { amount: formatMinor(amountMinor, CURRENCY), currency: CURRENCY };
}
