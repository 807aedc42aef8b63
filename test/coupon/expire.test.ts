/** The jobs that write down what is over: they tidy, once, and leave a trace of every change. */
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCoupons } from '../../src/coupon/coupon.store.js';
import type { Pace } from '../../src/storage/rest.js';
import { expireCoupons, expirePage } from '../../src/upkeep/expire-coupons.js';
import { expireTemplates } from '../../src/upkeep/expire-templates.js';
import { seedCoupons } from '../kit/seed.js';
import { activeTemplate, claim, openWorld, type World } from '../kit/world.js';

const DAY_MS = 86_400_000;
const OVER_MS = 1_000;

describe('what is over', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  const tracesOf = async (id: string) => {
    const { database } = world.stores;
    const [audit] = await database.rows(
      "SELECT COUNT(*) AS n FROM audit WHERE subject_id = ? AND action = 'EXPIRED'",
      [id],
    );
    const [events] = await database.rows(
      "SELECT COUNT(*) AS n FROM outbox WHERE subject_id = ? AND type LIKE '%.expired'",
      [id],
    );
    return [Number(audit!['n']), Number(events!['n'])];
  };

  /** Coupons that ended at one moment. @returns their ids */
  const seedOver = async (count: number): Promise<string[]> => {
    const { id: templateId } = await activeTemplate(world);
    const expiresAtMs = world.clock.nowMs() - OVER_MS;
    const users = Array.from({ length: count }, (_, i) => `u${i}`);
    return seedCoupons(
      world.stores.database,
      users.map((userId) => ({ templateId, userId, expiresAtMs })),
    );
  };
  const unused = async (ids: readonly string[]) =>
    (await readCoupons(world.stores.database, ids)).filter(({ status }) => status === 'UNUSED');

  it('is written down once, with an audit entry and an event, whoever runs the jobs', async () => {
    const { database } = world.stores;
    const { id } = await activeTemplate(world);
    const { couponId } = await claim(world, id, 'ada');
    const expire = async () => (await expirePage(database, world.clock.nowMs())).expired;
    expect(await expire()).toBe(0);
    world.clock.forward(30 * DAY_MS);
    const both = () => Promise.all([expire(), expireTemplates(database, world.clock)]);
    expect(await both()).toEqual([1, 1]);
    expect(await both()).toEqual([0, 0]);
    expect(await tracesOf(couponId!)).toEqual([1, 1]);
    expect(await tracesOf(id)).toEqual([1, 1]);
    expect((await world.verify()).violations).toEqual([]);
  });

  it('is found page by page, also where very many are over at one moment', async () => {
    const { database } = world.stores;
    const { id: templateId } = await activeTemplate(world);
    const expiresAtMs = world.clock.nowMs() - 1_000;
    const seeds = Array.from({ length: 7 }, (_, i) => ({
      templateId,
      userId: `u${i}`,
      expiresAtMs: i < 5 ? expiresAtMs : expiresAtMs + DAY_MS,
    }));
    const ids = await seedCoupons(database, seeds);
    const sizes: number[] = [];
    for (let place: Parameters<typeof expirePage>[2]; ;) {
      const page = await expirePage(database, world.clock.nowMs(), place, 2);
      sizes.push(page.expired);
      place = page.next;
      if (place === undefined) break;
    }
    expect(sizes).toEqual([2, 2, 1]);
    expect(await unused(ids)).toHaveLength(2);
  });

  it('is followed page by page by a rest as long as the page took, and by none after the last', async () => {
    const ids = await seedOver(5);
    const pages = [40, 300, 9_000];
    const rests: number[] = [];
    let nowMs = 0;
    let asked = 0;
    const pace: Pace = {
      // Asked before a page and after it.
      nowMs: () => (nowMs += asked++ % 2 === 0 ? 0 : pages.shift()!),
      sleep: async (ms) => void rests.push(ms),
    };
    const { signal } = new AbortController();
    const run = { database: world.stores.database, signal };
    expect(await expireCoupons(run, world.clock, 2, pace)).toEqual({ handled: 5, lagMs: 0 });
    expect(rests).toEqual([40, 300]);
    expect(await unused(ids)).toEqual([]);
  });

  it('is left to the next run where this one should end, also in the middle of a rest', async () => {
    const ids = await seedOver(5);
    const ending = new AbortController();
    const pace: Pace = {
      nowMs: () => 0,
      sleep: async (_ms, signal) => {
        const rest = once(signal, 'abort');
        ending.abort();
        await rest;
      },
    };
    const run = { database: world.stores.database, signal: ending.signal };
    const result = await expireCoupons(run, world.clock, 2, pace);
    expect(result).toMatchObject({ handled: 2, isMore: true });
    expect(result.lagMs).toBeGreaterThanOrEqual(OVER_MS);
    expect(await unused(ids)).toHaveLength(3);
    const { signal } = new AbortController();
    expect(await expireCoupons({ ...run, signal }, world.clock)).toEqual({ handled: 3, lagMs: 0 });
  });
});
