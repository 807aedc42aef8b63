/** MySQL fails: what is told, and that asking again tells the truth. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatabaseUnavailable, OutcomeUnknown } from '../../src/storage/database-errors.js';
import type { Database } from '../../src/storage/database.js';
import { orderService } from '../kit/seed.js';
import { codeOf, done, held, newOrder, openWorld, type World } from './world.js';

type Failing = 'before' | 'after';

/** A database whose next commit is lost: never sent, or sent and its answer lost. */
function losing(database: Database, failing: Failing): Database {
  const over = Object.create(database) as Database;
  over.transaction = async (work) => {
    if (failing === 'after') {
      await database.transaction(work);
      throw new OutcomeUnknown('the answer was lost');
    }
    throw new DatabaseUnavailable('no connection');
  };
  return over;
}

describe('redemptions while MySQL fails', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(async () => {
    expect(await world.verify()).toEqual([]);
    await world.stores.close();
  });
  const failing = (how: Failing) => world.on(losing(world.stores.database, how));
  const key = (couponId: string) => world.stores.redis.client.get(`hold:${couponId}`);

  it('tell that nothing was done, and leave nothing in Redis', async () => {
    const id = await world.newCoupon();
    const quote = await world.newQuote([id]);
    const request = { orderId: newOrder(), quoteId: quote.id };
    const result = await failing('before').hold.run(orderService, request);
    expect(result).toMatchObject({ rejection: { code: 'UNAVAILABLE', retryable: true } });
    expect(await key(id)).toBeNull();
    expect(done(await world.hold.run(orderService, request)).replayed).toBe(false);
  });

  it('tell that the outcome is unknown, and the same hold asked again tells it', async () => {
    const id = await world.newCoupon();
    const quote = await world.newQuote([id]);
    const request = { orderId: newOrder(), quoteId: quote.id };
    const result = await failing('after').hold.run(orderService, request);
    expect(result).toMatchObject({ rejection: { code: 'OUTCOME_UNKNOWN', retryable: true } });
    expect(await key(id)).toBe(`try:${request.orderId}`);
    expect(done(await world.hold.run(orderService, request)).replayed).toBe(true);
  });

  it('tell the same of every other verb', async () => {
    const { orderId } = await held(world);
    const refund = { orderId, lines: null, reason: null, idempotencyKey: 'k' };
    const unknown = failing('after');
    const away = failing('before');
    expect(codeOf(await away.confirm.run(orderService, orderId))).toBe('UNAVAILABLE');
    expect(codeOf(await unknown.confirm.run(orderService, orderId))).toBe('OUTCOME_UNKNOWN');
    expect(done(await world.confirm.run(orderService, orderId)).replayed).toBe(true);
    expect(codeOf(await away.refund.run(orderService, refund))).toBe('UNAVAILABLE');
    expect(codeOf(await unknown.refund.run(orderService, refund))).toBe('OUTCOME_UNKNOWN');
    expect(done(await world.refund.run(orderService, refund)).replayed).toBe(true);
    const other = await held(world);
    const release = { orderId: other.orderId, reason: null };
    expect(codeOf(await away.release.run(orderService, release))).toBe('UNAVAILABLE');
    expect(codeOf(await unknown.release.run(orderService, release))).toBe('OUTCOME_UNKNOWN');
    expect(done(await world.release.run(orderService, release)).replayed).toBe(true);
  });

  it('go on throwing what is a fault and no outage', async () => {
    const over = Object.create(world.stores.database) as Database;
    over.transaction = () => Promise.reject(new TypeError('a defect'));
    await expect(world.on(over).confirm.run(orderService, 'o')).rejects.toThrow('a defect');
  });
});
