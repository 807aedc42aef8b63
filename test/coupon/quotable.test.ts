/** The wallets of several quotes in one statement: each has its first coupons, however large another is. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WALLET_SIZE_GUESS } from '../../src/config/limits.js';
import { readQuotable } from '../../src/coupon/coupon.store.js';
import { seedCoupons } from '../kit/seed.js';
import { activeTemplate, claim, openWorld, type World } from '../kit/world.js';

describe('wallets that are read together', () => {
  let world: World;
  const MANY = WALLET_SIZE_GUESS + 5;
  beforeAll(async () => {
    world = await openWorld();
    const limits = { perUserLimit: MANY, totalCount: 1_000 };
    for (const days of [3, 1]) {
      const template = await activeTemplate(world, {
        ...limits,
        validity: { days, timeZone: 'UTC' },
      });
      const times = days === 3 ? MANY : 1;
      for (let i = 0; i < times; i += 1) await claim(world, template.id, 'large');
      await claim(world, template.id, 'small');
    }
  });
  afterAll(() => world.close());

  const read = async (users: readonly string[], limit: number) => {
    const statements: string[] = [];
    const { database } = world.stores;
    const stop = database.observe((sql) => statements.push(sql));
    const nowMs = world.clock.nowMs();
    const wallets = users.map((userId) => ({ userId, nowMs }));
    const coupons = await readQuotable(database, wallets, limit);
    stop();
    const endsOf = (user: string) =>
      coupons.filter(({ userId }) => userId === user).map(({ expiresAtMs }) => expiresAtMs);
    return { statements: statements.length, small: endsOf('small'), large: endsOf('large') };
  };
  const ascending = (ends: readonly number[]) => ends.toSorted((a, b) => a - b);

  it('are one statement where there is room for all', async () => {
    const { statements, small, large } = await read(['small', 'large', 'nobody'], 200);
    expect(statements).toBe(1);
    expect(small).toHaveLength(2);
    expect(large).toHaveLength(MANY + 1);
    expect(small).toEqual(ascending(small));
    expect(large).toEqual(ascending(large));
  });

  it('have what ends first of each where one of them takes all the room', async () => {
    const { statements, small, large } = await read(['large', 'small'], 2);
    expect(statements).toBe(2);
    expect(small).toHaveLength(2);
    expect(large).toHaveLength(2);
    expect(large[0]).toBeLessThan(large[1]!);
  });

  it('of one user at two moments have what ends first after each', async () => {
    const { database } = world.stores;
    const template = await activeTemplate(world);
    const nowMs = world.clock.nowMs();
    const seed = { templateId: template.id, userId: 'twice' };
    const ends = Array.from({ length: 6 }, (_, i) => nowMs + 10 * (i + 1));
    await seedCoupons(
      database,
      ends.map((expiresAtMs) => ({ ...seed, expiresAtMs })),
    );
    const moments = [ends[3]!, nowMs].map((at) => ({ userId: 'twice', nowMs: at }));
    const found = (await readQuotable(database, moments, 2)).map(({ expiresAtMs }) => expiresAtMs);
    expect(found).toEqual([ends[0], ends[1], ends[4], ends[5]]);
  });

  it('of one user are one statement with the limit', async () => {
    const { statements, large } = await read(['large'], 3);
    expect(statements).toBe(1);
    expect(large).toHaveLength(3);
    expect(large[0]).toBeLessThan(large[1]!);
  });
});
