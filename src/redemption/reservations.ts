/**
 * The filter before MySQL: the second of two orders that want a coupon is turned away by Redis.
 *
 * Promises: MySQL alone decides, so a key here only ever refuses, and only for HOLD_RESERVATION_MS; a
 * Redis that does not answer is passed by; what a failed hold took is given back, and never what an
 * earlier hold of the same order keeps. One key a call: coupons live on different masters of a cluster.
 */
import { HOLD_RESERVATION_MS } from '../config/limits.js';
import { redisKeys } from '../storage/redis-keys.js';
import { loadScript, type RedisScript } from '../storage/redis-script.js';
import { RedisUnavailable, type RedisStore } from '../storage/redis.js';

const RESERVE = loadScript(import.meta.url, './lua/reserve-coupon-1.lua');
const KEEP = loadScript(import.meta.url, './lua/keep-coupon-1.lua');
const RETURN = loadScript(import.meta.url, './lua/return-coupon-1.lua');

const TAKEN = 1;
const TRIED_BY_ANOTHER = 0;
const HELD_BY_ANOTHER = -1;

export interface Reserved {
  /** What this call took, to be kept or given back. */
  readonly taken: readonly string[];
  /** The first coupon that another order has; null: none. */
  readonly refusedCouponId: string | null;
  /** Another order only tries: MySQL may know that the coupon is this order's. */
  readonly isCertain: boolean;
}

export class Reservations {
  private readonly ttlMs: number;

  constructor(
    private readonly redis: RedisStore,
    holdTtlMs: number,
  ) {
    this.ttlMs = Math.min(HOLD_RESERVATION_MS, holdTtlMs);
  }

  async reserve(orderId: string, couponIds: readonly string[]): Promise<Reserved> {
    const replies = await this.each(RESERVE, couponIds, [orderId, this.ttlMs]);
    const refused = replies.flatMap((reply, i) =>
      reply === HELD_BY_ANOTHER || reply === TRIED_BY_ANOTHER ? [couponIds[i]!] : [],
    );
    return {
      taken: couponIds.filter((_, i) => replies[i] === TAKEN),
      refusedCouponId: refused[0] ?? null,
      isCertain: replies.includes(HELD_BY_ANOTHER),
    };
  }

  /** MySQL has decided for this order. */
  async keep(orderId: string, couponIds: readonly string[]): Promise<void> {
    await this.each(KEEP, couponIds, [orderId, this.ttlMs]);
  }

  async giveBack(orderId: string, couponIds: readonly string[]): Promise<void> {
    await this.each(RETURN, couponIds, [orderId]);
  }

  /** One reply a coupon; undefined where Redis did not answer. */
  private each(
    script: RedisScript,
    couponIds: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown[]> {
    return Promise.all(
      couponIds.map(async (couponId) => {
        try {
          return await this.redis.run(script, [redisKeys.hold(couponId)], args);
        } catch (error) {
          if (error instanceof RedisUnavailable) return undefined;
          throw error;
        }
      }),
    );
  }
}
