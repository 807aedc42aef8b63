/** The jobs that write down what is over: they tidy, once, and leave a trace of every change. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCoupons } from '../../src/coupon/coupon.store.js';
import { expirePage } from '../../src/upkeep/expire-coupons.js';
import { expireTemplates } from '../../src/upkeep/expire-templates.js';
import { seedCoupons } from '../kit/seed.js';
import { activeTemplate, claim, openWorld, type World } from '../kit/world.js';

const DAY_MS = 86_400_000;

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
    const left = (await readCoupons(database, ids)).filter(({ status }) => status === 'UNUSED');
    expect(left).toHaveLength(2);
  });
});
