/**
 * The wallets that quotes are computed from. Quotes asked for in one request (fifty orders of a gateway's
 * page) read their wallets in one statement, and go on together, so that their templates are one more. So do
 * the quotes of different requests that came while another statement was on its way (docs/adr/0018).
 */
import {
  QUOTE_WALLET_MAX,
  WALLET_STATEMENTS_MAX,
  WALLETS_PER_STATEMENT_MAX,
} from '../config/limits.js';
import { readCoupons, readQuotable } from '../coupon/coupon.store.js';
import type { Coupon } from '../coupon/coupon.types.js';
import { Batches } from '../kernel/batches.js';
import type { Database } from '../storage/database.js';

interface WalletKey {
  readonly userId: string;
  readonly nowMs: number;
}

export class Wallets {
  private readonly batches = new Batches<WalletKey, Coupon[]>(
    (keys) => this.load(keys),
    WALLETS_PER_STATEMENT_MAX,
    WALLET_STATEMENTS_MAX,
  );

  constructor(private readonly database: Database) {}

  /** What a quote at `nowMs` may speak of, by expiresAt, at most QUOTE_WALLET_MAX. */
  of(userId: string, nowMs: number): Promise<Coupon[]> {
    return this.batches.add({ userId, nowMs });
  }

  /** The named coupons, in whatever state and wallet. */
  named(couponIds: readonly string[]): Promise<Coupon[]> {
    return readCoupons(this.database, couponIds);
  }

  private async load(keys: readonly WalletKey[]): Promise<PromiseFulfilledResult<Coupon[]>[]> {
    const coupons = await readQuotable(this.database, keys, QUOTE_WALLET_MAX);
    const byUser = Map.groupBy(coupons, ({ userId }) => userId);
    return keys.map(({ userId, nowMs }) => ({
      status: 'fulfilled',
      value: (byUser.get(userId) ?? [])
        .filter(({ expiresAtMs }) => expiresAtMs > nowMs)
        .slice(0, QUOTE_WALLET_MAX),
    }));
  }
}
