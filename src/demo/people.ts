/** Everybody in the demo, each with a token of their own, signed with the installation's local key. */
import type { Config } from '../config/environment.js';
import { localSigner } from '../subgraph/token-keys.js';
import type { Buyer } from './flash-sale.js';

export interface Operators {
  /** A token with coupons:admin. */
  readonly author: string;
  /** Somebody else's, with coupons:approve. */
  readonly approver: string;
}

export interface People extends Operators {
  readonly buyers: readonly Buyer[];
  /** Has a coupon from before the sale. */
  readonly regular: Buyer;
  /** Comes after the sale. */
  readonly newcomer: string;
}

const SIGNED_AT_ONCE = 500;

export async function gatherPeople(config: Config, count: number): Promise<People> {
  const sign = await localSigner(config);
  // Users of an earlier run on the same data have coupons already, so every run has its own.
  const run = Date.now().toString(36);
  const buyers: Buyer[] = [];
  while (buyers.length < count) {
    const from = buyers.length;
    const some = Array.from({ length: Math.min(SIGNED_AT_ONCE, count - from) }, (_, i) => from + i);
    buyers.push(...(await Promise.all(some.map((number) => buyer(number)))));
  }
  return {
    buyers,
    regular: await buyer(count),
    newcomer: await sign({ sub: `buyer-${run}-${count + 1}` }),
    author: await sign({ sub: 'olga', scope: 'coupons:admin' }),
    approver: await sign({ sub: 'pavel', scope: 'coupons:approve' }),
  };

  async function buyer(number: number): Promise<Buyer> {
    const id = `buyer-${run}-${number}`;
    const address = [10, number >> 16, (number >> 8) & 255, number & 255].join('.');
    return { id, token: await sign({ sub: id }), address };
  }
}
