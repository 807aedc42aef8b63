/** One test file's world of redemptions: real stores, a clock that can be moved, every verb. */
import { ChangeCoupon } from '../../src/coupon/change-coupon.js';
import { readCoupons } from '../../src/coupon/coupon.store.js';
import type { Coupon } from '../../src/coupon/coupon.types.js';
import type { Clock } from '../../src/kernel/clock.js';
import type { Result } from '../../src/kernel/result.js';
import { QuoteStore } from '../../src/quote/quote-store.js';
import type { StoredQuote } from '../../src/quote/quote.types.js';
import { createRedemptions, type Redemptions } from '../../src/redemption/create-redemptions.js';
import type { Database } from '../../src/storage/database.js';
import { redemptionChecks } from '../../src/upkeep/checks/redemption-checks.js';
import { expireHolds } from '../../src/upkeep/expire-holds.js';
import { makeQuote, orderService, seedCoupon, seedTemplate, type QuoteSeed } from '../kit/seed.js';
import { openStores, type Stores } from '../kit/stores.js';

export const HOLD_TTL_MS = 30 * 60_000;
const REDIS_SCAN = 1_000;

/** Stands until it is moved, so that a test can stand on the millisecond at which a hold is over. */
class StandingClock implements Clock {
  private ms = Date.now();

  nowMs(): number {
    return this.ms;
  }

  forward(ms: number): void {
    this.ms += ms;
  }
}

export interface World extends Redemptions {
  readonly stores: Stores;
  readonly clock: StandingClock;
  readonly quotes: QuoteStore;
  readonly change: ChangeCoupon;
  readonly templateId: string;
  /** The same world through another door to MySQL. */
  on(database: Database): World;
  /** Moves the clock, and Redis' with it. */
  forward(ms: number): Promise<void>;
  newCoupon(userId?: string, expiresAtMs?: number): Promise<string>;
  /** A quote of these coupons, 10.00 off each. */
  newQuote(couponIds: readonly string[], seed?: Partial<QuoteSeed>): Promise<StoredQuote>;
  couponNow(id: string): Promise<Coupon>;
  expire(): ReturnType<typeof expireHolds>;
  /** What the verifier finds wrong, with the name of each check. */
  verify(): Promise<string[]>;
}

export async function openWorld(holdTtlMs: number = HOLD_TTL_MS): Promise<World> {
  const stores = await openStores();
  const templateId = (await seedTemplate(stores.database)).id;
  return worldOn(stores, stores.database, new StandingClock(), templateId, holdTtlMs);
}

function worldOn(
  stores: Stores,
  database: Database,
  clock: StandingClock,
  templateId: string,
  holdTtlMs: number,
): World {
  const { redis } = stores;
  const quotes = new QuoteStore(database, redis, clock);
  const redemptions = createRedemptions({ database, redis, quotes, clock, holdTtlMs });
  const { transactions } = redemptions;
  return {
    ...redemptions,
    stores,
    clock,
    quotes,
    templateId,
    change: new ChangeCoupon(database, clock, (id) => transactions.endOverdueHold(id)),
    on: (other) => worldOn(stores, other, clock, templateId, holdTtlMs),
    forward: async (ms) => {
      clock.forward(ms);
      await forwardReservations(stores, ms);
    },
    newCoupon: (userId = 'anna', expiresAtMs = clock.nowMs() + 86_400_000) =>
      seedCoupon(database, { templateId, userId, expiresAtMs }),
    newQuote: (couponIds, seed = {}) =>
      makeQuote(quotes, {
        userId: 'anna',
        coupons: couponIds.map((couponId) => ({ couponId, discountMinor: 1_000 })),
        nowMs: clock.nowMs(),
        ...seed,
      }),
    couponNow: async (id) => (await readCoupons(database, [id]))[0]!,
    expire: () => expireHolds(database, transactions, clock),
    verify: async () => {
      const lines: string[] = [];
      for (const check of redemptionChecks)
        for (const line of await check.run(database, clock.nowMs()))
          lines.push(`${check.name}: ${line}`);
      return lines;
    },
  };
}

/** Reservations that would have lapsed by now. */
async function forwardReservations({ redis }: Stores, ms: number): Promise<void> {
  const [, keys] = await redis.client.scan('0', 'MATCH', 'hold:*', 'COUNT', REDIS_SCAN);
  for (const key of keys) {
    const leftMs = (await redis.client.pttl(key)) - ms;
    if (leftMs <= 0) await redis.client.del(key);
    else await redis.client.pexpire(key, leftMs);
  }
}

/** The value of a success; a refusal fails the test with its name. */
export function done<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.rejection)}`);
  return result.value;
}

/** The name of a refusal, or what was answered instead. */
export function codeOf(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.rejection.code;
}

let orders = 0;
export const newOrder = (): string => `order-${(orders += 1)}-${Date.now()}`;

export async function held(world: World, couponCount = 1, seed: Partial<QuoteSeed> = {}) {
  const couponIds: string[] = [];
  for (let i = 0; i < couponCount; i += 1) couponIds.push(await world.newCoupon());
  const quote = await world.newQuote(couponIds, seed);
  const orderId = newOrder();
  const { redemption } = done(await world.hold.run(orderService, { orderId, quoteId: quote.id }));
  return { orderId, couponIds, quote, redemption };
}
