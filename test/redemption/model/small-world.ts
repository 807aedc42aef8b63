/**
 * The small world of the model on real stores: its own coupons, quotes and orders, in a database that
 * it shares with the worlds before it. Performs each operation and names its answer as the model does.
 */
import { readCoupons } from '../../../src/coupon/coupon.store.js';
import { statusAt } from '../../../src/coupon/rules/coupon-lifecycle.js';
import { newId } from '../../../src/kernel/ids.js';
import type { Rejection } from '../../../src/kernel/rejection.js';
import type { Result } from '../../../src/kernel/result.js';
import type { StoredQuote } from '../../../src/quote/quote.types.js';
import type { RedemptionDone } from '../../../src/redemption/redemption.types.js';
import type { Database } from '../../../src/storage/database.js';
import { redisKeys } from '../../../src/storage/redis-keys.js';
import { callerOf, operator, orderService, quoteOf, seedCoupons } from '../../kit/seed.js';
import type { World } from '../world.js';
import {
  COUPON_MINUTES,
  COUPON_OWNERS,
  couponStatus,
  DISCOUNTS,
  LINES,
  MINUTE_MS,
  ORDERS,
  orderStatus,
  ownerOf,
  QUOTE_MS,
  QUOTES,
  type As,
  type Op,
  type State,
} from './spec.js';

const asCaller = (as: As) => (as === 'service' ? orderService : callerOf(as));

export class SmallWorld {
  private constructor(
    readonly world: World,
    readonly couponIds: readonly string[],
    readonly quotes: StoredQuote[],
    readonly orderIds: readonly string[],
  ) {}

  static async open(world: World): Promise<SmallWorld> {
    const nowMs = world.clock.nowMs();
    const couponIds = await seedCoupons(
      world.stores.database,
      COUPON_MINUTES.map((minutes, i) => ({
        templateId: world.templateId,
        userId: COUPON_OWNERS[i]!,
        expiresAtMs: nowMs + minutes * MINUTE_MS,
      })),
    );
    const quotes = QUOTES.map(({ user, coupons }) =>
      quoteOf({
        userId: user,
        coupons: coupons.map((i) => ({ couponId: couponIds[i]!, discountMinor: DISCOUNTS[i] })),
        lines: LINES,
        nowMs,
        ttlMs: QUOTE_MS,
      }),
    );
    await Promise.all(quotes.map((quote) => world.quotes.save(quote)));
    const orderIds = Array.from({ length: ORDERS }, () => newId(nowMs));
    return new SmallWorld(world, couponIds, quotes, orderIds);
  }

  /** The same small world, reached through another door to MySQL. */
  on(database: Database): SmallWorld {
    return new SmallWorld(this.world.on(database), this.couponIds, this.quotes, this.orderIds);
  }

  async perform(op: Op): Promise<string> {
    const { world } = this;
    switch (op.verb) {
      case 'hold':
      case 'redeem': {
        const request = { orderId: this.orderIds[op.order]!, quoteId: this.quotes[op.quote]!.id };
        return this.answer(await world[op.verb].run(asCaller(op.as), request));
      }
      case 'confirm':
        return this.answer(await world.confirm.run(asCaller(op.as), this.orderIds[op.order]!));
      case 'release': {
        const request = { orderId: this.orderIds[op.order]!, reason: null };
        return this.answer(await world.release.run(asCaller(op.as), request));
      }
      case 'refund':
        return this.answer(await this.refund(op.order, op.units, op.key));
      case 'FREEZE':
      case 'UNFREEZE':
      case 'REVOKE': {
        const request = { id: this.couponIds[op.coupon]!, reason: 'model' };
        const result = await world.change.run(operator, op.verb, request);
        return result.ok ? `done ${result.value.status}` : result.rejection.code;
      }
      case 'expireHolds':
        await world.expire();
        return '';
      case 'askAgain': {
        const quote = { ...this.quotes[op.quote]!, expiresAtMs: world.clock.nowMs() + QUOTE_MS };
        this.quotes[op.quote] = quote;
        await world.quotes.save(quote);
        return '';
      }
      case 'forward':
        await this.forward(op.minutes * MINUTE_MS);
        return '';
      case 'loseRedis':
        await world.stores.redis.client.del(...this.reservationKeys(), ...this.quoteKeys());
        return '';
    }
  }

  /** Where the stores differ from the model; empty: nowhere. */
  async differences(state: State): Promise<string[]> {
    const { world } = this;
    const nowMs = world.clock.nowMs();
    const found: string[] = [];
    const expect = (what: string, real: unknown, model: unknown): void => {
      if (JSON.stringify(real) !== JSON.stringify(model))
        found.push(`${what} is ${JSON.stringify(real)}, should be ${JSON.stringify(model)}`);
    };
    const coupons = new Map(
      (await readCoupons(world.stores.database, this.couponIds)).map((one) => [one.id, one]),
    );
    this.couponIds.forEach((id, i) => {
      const coupon = coupons.get(id)!;
      const status = statusAt(coupon, nowMs);
      expect(`coupon ${i}`, status, couponStatus(state, i));
      const owner = ownerOf(state, i);
      const orderId = status === 'HELD' || status === 'USED' ? coupon.orderId : null;
      expect(`order of coupon ${i}`, orderId, this.orderIds[owner] ?? null);
    });
    const orders = await Promise.all(
      this.orderIds.map((orderId) => world.read.byOrder(orderService, orderId)),
    );
    orders.forEach((real, i) => {
      const model = state.orders[i]!;
      const units = real?.lines.map(({ refundedQuantity }) => refundedQuantity);
      expect(
        `order ${i}`,
        real && [real.status, real.attempt, real.quoteId, units, real.discountMinor],
        model && [
          orderStatus(model, state.now),
          model.attempt,
          this.quotes[model.quote]!.id,
          model.units,
          QUOTES[model.quote]!.coupons.reduce((sum: number, c) => sum + DISCOUNTS[c], 0),
        ],
      );
      if (real?.status === 'REFUNDED')
        expect(`refunds of order ${i}`, real.refundedMinor, real.discountMinor);
    });
    return found;
  }

  private refund(order: number, units: readonly number[] | null, key: number) {
    const lines = units?.flatMap((quantity, i) =>
      quantity > 0 ? [{ lineId: LINES[i]!.lineId, quantity }] : [],
    );
    return this.world.refund.run(orderService, {
      orderId: this.orderIds[order]!,
      lines: lines ?? null,
      reason: null,
      idempotencyKey: `key ${key}`,
    });
  }

  private async forward(ms: number): Promise<void> {
    this.world.clock.forward(ms);
    // Redis' own clock cannot be moved: what lives a minute is gone by then.
    if (ms >= MINUTE_MS) await this.world.stores.redis.client.del(...this.reservationKeys());
  }

  private reservationKeys(): string[] {
    return this.couponIds.map((id) => redisKeys.hold(id));
  }

  private quoteKeys(): string[] {
    return this.quotes.map(({ id }) => redisKeys.quote(id));
  }

  private answer(result: Result<RedemptionDone>): string {
    if (!result.ok) return this.refusal(result.rejection);
    const { redemption, replayed } = result.value;
    return `${replayed ? 'replayed' : 'done'} ${redemption.status}`;
  }

  private refusal({ code, couponId }: Rejection): string {
    return couponId === undefined ? code : `${code} ${this.couponIds.indexOf(couponId)}`;
  }
}
