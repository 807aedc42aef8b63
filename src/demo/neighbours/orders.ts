/** The GraphQL face of the sample order service. An order is only ever shown to its customer. */
import {
  moneyOf,
  type Order,
  type OrderDesk,
  type OrderLine,
  type OrderOutcome,
} from './order-desk.js';
import { requireIdentity, type NeighbourContext } from './serve-subgraph.js';

interface Input<T> {
  readonly input: T;
}

export function orderResolvers(desk: OrderDesk) {
  return {
    Query: {
      order: (_source: unknown, { id }: { id: string }, context: NeighbourContext) =>
        desk.find(id, requireIdentity(context).userId) ?? null,
      myOrders: (_source: unknown, _args: unknown, context: NeighbourContext) =>
        desk.ofCustomer(requireIdentity(context).userId),
    },
    Mutation: {
      createOrder: (
        _source: unknown,
        { input }: Input<{ lines: { productId: string; quantity: number }[] }>,
        context: NeighbourContext,
      ) => desk.create(requireIdentity(context).userId, input.lines),
      placeOrder: (
        _source: unknown,
        { input }: Input<{ orderId: string; quoteId: string }>,
        context: NeighbourContext,
      ) => withOwn(input.orderId, context, (order) => desk.place(order, input.quoteId)),
      payOrder: (
        _source: unknown,
        { input }: Input<{ orderId: string }>,
        context: NeighbourContext,
      ) => withOwn(input.orderId, context, (order) => desk.pay(order)),
      returnUnits: (
        _source: unknown,
        {
          input,
        }: Input<{
          orderId: string;
          lines: { lineId: string; quantity: number }[];
          returnId: string;
        }>,
        context: NeighbourContext,
      ) =>
        withOwn(input.orderId, context, (order) =>
          desk.takeBack(order, input.lines, input.returnId),
        ),
    },
    Order: {
      __resolveReference: async ({ id }: { id: string }, { identity }: NeighbourContext) =>
        (identity && desk.find(id, identity.userId)) ?? null,
      customer: ({ customerId }: Order) => ({ id: customerId }),
      total: ({ totalMinor }: Order) => (totalMinor === null ? null : moneyOf(totalMinor)),
      paidBack: ({ paidBackMinor }: Order) => moneyOf(paidBackMinor),
    },
    OrderLine: { product: ({ productId }: OrderLine) => ({ id: productId }) },
    OrderResult: {
      __resolveType: (outcome: OrderOutcome) => ('order' in outcome ? 'OrderDone' : 'OrderRefused'),
    },
  };

  async function withOwn(
    orderId: string,
    context: NeighbourContext,
    change: (order: Order) => Promise<OrderOutcome>,
  ): Promise<OrderOutcome> {
    const order = desk.find(orderId, requireIdentity(context).userId);
    if (order === undefined) return { code: 'ORDER_NOT_FOUND', message: 'There is no such order.' };
    return change(order);
  }
}
