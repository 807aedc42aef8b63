/** A buyer shops through the gateway: claims more coupons, fills a cart, places the order, pays, returns. */
import {
  ClaimDocument,
  FillCartDocument,
  PayDocument,
  PlaceDocument,
  ReturnDocument,
  type ChangedFragment,
  type CreateOrderLineInput,
  type FillCartMutation,
} from './generated/operations.js';
import type { Buyer } from './flash-sale.js';
import { ask } from './graphql-client.js';

export interface Shopping {
  readonly buyer: Buyer;
  /** Templates to claim of before the checkout. */
  readonly alsoClaims: readonly string[];
  readonly cart: readonly CreateOrderLineInput[];
  /** Units of a product that come back after the order was paid. */
  readonly returns?: CreateOrderLineInput;
}

export type Cart = FillCartMutation['createOrder'];
export type PaidOrder = Extract<ChangedFragment, { __typename: 'OrderDone' }>['order'];

export interface Purchase {
  readonly cart: Cart;
  readonly paid: PaidOrder;
  /** The order after units came back. */
  readonly returned?: PaidOrder;
}

export async function shop(url: string, shopping: Shopping): Promise<Purchase> {
  const caller = { token: shopping.buyer.token };
  for (const templateId of shopping.alsoClaims) await claim(url, shopping.buyer, templateId);
  const lines = [...shopping.cart];
  const { createOrder: cart } = await ask(url, FillCartDocument, { input: { lines } }, caller);
  if (cart.discountQuote == null) throw new Error('The order was not quoted.');
  const input = { orderId: cart.id, quoteId: cart.discountQuote.id };
  changed((await ask(url, PlaceDocument, { input }, caller)).placeOrder);
  const paying = await ask(url, PayDocument, { input: { orderId: cart.id } }, caller);
  const paid = changed(paying.payOrder);
  if (shopping.returns === undefined) return { cart, paid };
  return { cart, paid, returned: await giveBack(cart, shopping.returns) };

  async function giveBack(
    { id: orderId, lines: bought }: Cart,
    { productId, quantity }: CreateOrderLineInput,
  ): Promise<PaidOrder> {
    const lineId = bought.find(({ product }) => product.id === productId)!.id;
    const units = { orderId, lines: [{ lineId, quantity }], returnId: 'return-1' };
    return changed((await ask(url, ReturnDocument, { input: units }, caller)).returnUnits);
  }
}

export async function claim(url: string, { token }: Buyer, templateId: string): Promise<void> {
  const input = { templateId, idempotencyKey: templateId, channel: 'app' };
  await ask(url, ClaimDocument, { input }, { token });
}

function changed(result: ChangedFragment): PaidOrder {
  if (result.__typename === 'OrderDone') return result.order;
  throw new Error(`The order service refused: ${result.code} ${result.message}`);
}
