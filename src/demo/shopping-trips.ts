/** What some of the winners buy; between them they meet every kind of coupon of the demo. */
import type { Shopping } from './checkout.js';
import type { Buyer } from './flash-sale.js';
import type { Templates } from './templates.js';

export function shoppingTrips(
  winners: readonly Buyer[],
  { electronics, redPacket }: Templates,
): Shopping[] {
  const [first, second, third] = winners;
  if (!first || !second || !third) return [];
  return [
    {
      buyer: first,
      alsoClaims: [electronics.id],
      cart: [
        { productId: 'headphones', quantity: 1 },
        { productId: 'notebook', quantity: 3 },
      ],
    },
    {
      buyer: second,
      alsoClaims: [redPacket.id],
      cart: [
        { productId: 'tea', quantity: 2 },
        { productId: 'lamp', quantity: 1 },
      ],
    },
    {
      buyer: third,
      alsoClaims: [electronics.id, redPacket.id],
      cart: [
        { productId: 'keyboard', quantity: 1 },
        { productId: 'notebook', quantity: 4 },
      ],
      returns: { productId: 'notebook', quantity: 2 },
    },
  ];
}
