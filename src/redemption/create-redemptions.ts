/** Wires the room of redemptions; nowhere else are its parts put together. */
import type { Clock } from '../kernel/clock.js';
import type { QuoteStore } from '../quote/quote-store.js';
import type { Database } from '../storage/database.js';
import type { RedisStore } from '../storage/redis.js';
import { ConfirmRedemption } from './confirm-redemption.js';
import { HoldCoupons } from './hold-coupons.js';
import { ReadRedemption } from './read-redemption.js';
import { RedeemCoupons } from './redeem-coupons.js';
import { RedemptionTransactions } from './redemption-transactions.js';
import { RefundRedemption } from './refund-redemption.js';
import { ReleaseRedemption } from './release-redemption.js';
import { Reservations } from './reservations.js';

export interface RedemptionParts {
  readonly database: Database;
  readonly redis: RedisStore;
  readonly quotes: Pick<QuoteStore, 'find'>;
  readonly clock: Clock;
  readonly holdTtlMs: number;
}

export interface Redemptions {
  readonly hold: HoldCoupons;
  readonly confirm: ConfirmRedemption;
  readonly release: ReleaseRedemption;
  readonly refund: RefundRedemption;
  readonly redeem: RedeemCoupons;
  readonly read: ReadRedemption;
  readonly transactions: RedemptionTransactions;
}

export function createRedemptions(parts: RedemptionParts): Redemptions {
  const { database, redis, quotes, clock, holdTtlMs } = parts;
  const reservations = new Reservations(redis, holdTtlMs);
  const transactions = new RedemptionTransactions(database, reservations, clock);
  const hold = new HoldCoupons(database, quotes, transactions, reservations, holdTtlMs);
  const confirm = new ConfirmRedemption(transactions, holdTtlMs);
  return {
    hold,
    confirm,
    release: new ReleaseRedemption(transactions),
    refund: new RefundRedemption(transactions),
    redeem: new RedeemCoupons(hold, confirm),
    read: new ReadRedemption(database, clock),
    transactions,
  };
}
