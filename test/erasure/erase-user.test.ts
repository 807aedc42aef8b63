/** A user is erased: nothing names them any more, and every promise still holds. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { redisKeys } from '../../src/storage/redis-keys.js';
import { ERASE_AGAIN_MS } from '../../src/config/limits.js';
import { activeTemplate, callerOf, claim, openWorld, operator, type World } from '../kit/world.js';
import { dumpDatabase, dumpRedis } from '../kit/dump.js';

const USER = 'user-to-be-forgotten';
const LINE = { lineId: 'l1', productId: 'p1', categoryIds: [], quantity: 1 };
const LINES = [{ ...LINE, unitPrice: { amount: '200', currency: 'CNY' } }];

describe('erasing a user', () => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld();
  });
  afterEach(() => world.close());

  const request = (more: object = {}) => ({
    userId: USER,
    reason: 'ticket 77',
    idempotencyKey: 'erase-1',
    ...more,
  });
  const erase = (more: object = {}) => world.app.eraseUser.run(operator, request(more));
  const runJob = () => world.app.runErasures.run(world.stores.database);
  /** The job once everything is over that was on its way. */
  const finish = async () => {
    world.clock.forward(ERASE_AGAIN_MS + 1);
    await runJob();
  };
  const rowsOf = async (sql: string, values: string[] = []) =>
    (await world.stores.database.rows(sql, values)).map((row) => ({ ...row }));

  /** A wallet with a bit of everything: unused, held, used and refunded, frozen; a quote; a retry. */
  async function live(): Promise<string> {
    const { id } = await activeTemplate(world, { perUserLimit: 5, stackStrategy: 'NONE' });
    for (const key of ['k1', 'k2', 'k3']) await claim(world, id, USER, key);
    await claim(world, id, 'somebody-else', 'k1');
    const caller = callerOf(USER);
    const redeemed = async (orderId: string) => {
      const cart = { currency: 'CNY', lines: LINES };
      const asked = { ...cart, orderId, couponIds: null, userId: null, atMs: null };
      const { quote } = await world.app.quoteDiscount.run(caller, asked);
      return world.app.redemptions.hold.run(caller, { orderId, quoteId: quote.id });
    };
    expect((await redeemed('o-1')).ok).toBe(true);
    expect((await world.app.redemptions.confirm.run(caller, 'o-1')).ok).toBe(true);
    expect((await redeemed('o-2')).ok).toBe(true);
    const [free] = await rowsOf(`SELECT id FROM coupon WHERE user_id = ? AND status = 'UNUSED'`, [
      USER,
    ]);
    const reason = 'called and said "it was me"';
    const frozen = { id: String(free!['id']), reason };
    expect((await world.app.changeCoupon.run(operator, 'FREEZE', frozen)).ok).toBe(true);
    return id;
  }

  it('leaves the name nowhere in MySQL or Redis, and every promise holds', async () => {
    await live();
    expect(await dumpDatabase(world.stores.database)).toContain(USER);
    expect(await dumpRedis(world.stores.redis)).toContain(USER);
    const started = await erase();
    expect(started).toMatchObject({ ok: true, value: { erasure: { status: 'RUNNING' } } });
    await world.stores.redis.client.eval(
      `for _, key in ipairs(redis.call('KEYS', 'quote:*')) do redis.call('DEL', key) end`,
      0,
    ); // Their 15 minutes are over.
    await finish();
    expect(await dumpDatabase(world.stores.database)).not.toContain(USER);
    expect(await dumpDatabase(world.stores.database)).not.toContain('it was me');
    expect(await dumpRedis(world.stores.redis)).not.toContain(USER);
    expect((await world.verify()).violations).toEqual([]);
    const [erasure] = await world.app.eraseUser.historyOf(operator, USER);
    expect(erasure).toMatchObject({ status: 'DONE', reason: 'ticket 77', actor: 'olga' });
    expect(erasure!.rows).toBeGreaterThan(6);
    expect(await world.app.eraseUser.historyOf(operator, 'somebody-else')).toEqual([]);
  });

  it('keeps what others have, the money and the states', async () => {
    const id = await live();
    const before = await rowsOf(
      'SELECT id, status, version, discount_minor, order_id FROM coupon ORDER BY id',
    );
    await erase();
    const after = await rowsOf(
      'SELECT id, status, version, discount_minor, order_id FROM coupon ORDER BY id',
    );
    expect(after).toEqual(before);
    const users = await rowsOf('SELECT DISTINCT user_id FROM coupon WHERE template_id = ?', [id]);
    expect(users).toHaveLength(2);
    expect(users).toContainEqual({ user_id: 'somebody-else' });
  });

  it('breaks no order: the order service confirms what was held', async () => {
    await live();
    await erase();
    const orders = callerOf('orders', ['coupons:redeem']);
    expect(await world.app.redemptions.confirm.run(orders, 'o-2')).toMatchObject({ ok: true });
    const mine = await world.app.redemptions.confirm.run(callerOf(USER), 'o-2');
    expect(mine).toMatchObject({ ok: false, rejection: { code: 'REDEMPTION_NOT_FOUND' } });
    expect((await world.verify()).violations).toEqual([]);
  });

  it('answers the same key again, another key with the one that runs, and no other user under a used key', async () => {
    await live();
    const first = await erase();
    const id = first.ok ? first.value.erasure.id : '';
    expect(await erase()).toMatchObject({ ok: true, value: { replayed: true, erasure: { id } } });
    expect(await erase({ idempotencyKey: 'erase-2' })).toMatchObject({
      value: { replayed: true, erasure: { id } },
    });
    expect(await erase({ userId: 'somebody-else' })).toMatchObject({
      ok: false,
      rejection: { code: 'IDEMPOTENCY_CONFLICT' },
    });
    await finish();
    expect(await erase()).toMatchObject({ value: { replayed: true, erasure: { status: 'DONE' } } });
  });

  it('goes on where it was stopped, wherever that was', async () => {
    await live();
    const { database } = world.stores;
    for (let stopAfter = 0; stopAfter < 14; stopAfter += 1) {
      let transactions = 0;
      const stopped = {
        rows: (sql: string, values?: never) => database.rows(sql, values),
        transaction: <T>(work: never): Promise<T> => {
          if ((transactions += 1) > stopAfter) throw new Error('killed');
          return database.transaction<T>(work);
        },
      };
      if (stopAfter === 0) {
        const real = world.app.runErasures.once.bind(world.app.runErasures);
        world.app.runErasures.once = () => Promise.reject(new Error('killed'));
        await erase();
        world.app.runErasures.once = real;
      }
      await world.app.runErasures.run(stopped as never).catch(() => undefined);
    }
    await world.stores.redis.client.flushdb();
    await finish();
    expect(await dumpDatabase(database)).not.toContain(USER);
    expect((await world.verify()).violations).toEqual([]);
  });

  it('finds what a claim wrote that was on its way, and lets who comes back be somebody new', async () => {
    const { id } = await activeTemplate(world, { perUserLimit: 1 });
    const claims = Promise.all(['a', 'b', 'c'].map((key) => claim(world, id, USER, key)));
    await Promise.all([claims, erase()]);
    await claim(world, id, USER, 'later');
    await finish();
    expect(await dumpDatabase(world.stores.database)).not.toContain(USER);
    const takers = await world.stores.redis.client.hgetall(redisKeys.takers(id));
    expect(Object.keys(takers)).not.toContain(USER);
    expect((await world.verify()).violations).toEqual([]);
    expect(await claim(world, id, USER, 'new')).toMatchObject({ code: 'CLAIMED' });
    expect((await world.verify()).violations).toEqual([]);
  });

  it('takes the user out of the audience of a template', async () => {
    const { id } = await activeTemplate(world, { audience: [USER, 'somebody-else'] });
    await claim(world, id, USER);
    await erase();
    await finish();
    expect(await dumpDatabase(world.stores.database)).not.toContain(USER);
    const { rules } = (await world.app.catalog.fresh(id))!;
    expect(rules.audience).toContain('somebody-else');
    expect(rules.audience).toHaveLength(2);
  });

  it('is for operators only', async () => {
    const asked = world.app.eraseUser.run(callerOf(USER), request());
    await expect(asked).rejects.toThrow('coupons:admin');
  });
});
