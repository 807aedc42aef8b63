/** The three sample neighbours of the coupons subgraph, each a server on a free port. */
import type { Config } from '../../config/environment.js';
import { localSigner } from '../../subgraph/token-keys.js';
import type { Target } from '../graphql-client.js';
import type { SubgraphUrls } from '../subgraphs.js';
import { makeCouponsClient } from './coupons-client.js';
import { makeIdentify } from '../identify.js';
import { OrderDesk } from './order-desk.js';
import { orderResolvers } from './orders.js';
import { productResolvers } from './products.js';
import { serveSubgraph } from './serve-subgraph.js';
import { userResolvers } from './users.js';

export interface Neighbours {
  readonly urls: Omit<SubgraphUrls, 'coupons'>;
  stop(): Promise<void>;
}

export async function startNeighbours(config: Config, coupons: Target): Promise<Neighbours> {
  const identify = await makeIdentify(config);
  const sign = await localSigner(config);
  const token = await sign({ sub: 'order-service', scope: 'coupons:redeem' });
  const desk = new OrderDesk(makeCouponsClient(coupons, token));
  const [orders, products, users] = await Promise.all([
    serveSubgraph('orders', orderResolvers(desk), identify),
    serveSubgraph('products', productResolvers, identify),
    serveSubgraph('users', userResolvers, identify),
  ]);
  return {
    urls: { orders: orders.url, products: products.url, users: users.url },
    stop: async () => {
      await Promise.all([orders, products, users].map((neighbour) => neighbour.stop()));
    },
  };
}
