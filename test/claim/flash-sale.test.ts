import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activeTemplate, claim, openWorld, type World } from '../kit/world.js';

describe('a flash sale', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  const issued = async (templateId: string) =>
    world.stores.database.rows(
      'SELECT user_id, COUNT(*) AS n FROM coupon WHERE template_id = ? GROUP BY user_id',
      [templateId],
    );

  it('gives 1,000 claims of 300 users exactly 100 coupons and nobody more than two', async () => {
    const { id } = await activeTemplate(world, { totalCount: 100, perUserLimit: 2 });
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) => claim(world, id, `user-${Math.floor(i * 0.3)}`)),
    );
    const users = await issued(id);
    expect(answers.filter(({ code }) => code === 'CLAIMED')).toHaveLength(100);
    expect(users.reduce((sum, row) => sum + Number(row['n']), 0)).toBe(100);
    expect(Math.max(...users.map((row) => Number(row['n'])))).toBe(2);
    expect((await world.verify()).violations).toEqual([]);
  });

  it('refuses the sold-out claim without a statement on MySQL', async () => {
    const { id } = await activeTemplate(world, { totalCount: 1 });
    await claim(world, id, 'first');
    await world.app.catalog.byId(id);
    const statements: string[] = [];
    const stop = world.stores.database.observe((sql) => statements.push(sql));
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => claim(world, id, `late-${i}`)),
    );
    stop();
    expect(new Set(answers.map(({ code }) => code))).toEqual(new Set(['SOLD_OUT']));
    expect(statements).toEqual([]);
  });

  it('issues without end where there is no total', async () => {
    const { id } = await activeTemplate(world, { totalCount: null, perUserLimit: 3 });
    const answers = await Promise.all(
      Array.from({ length: 400 }, (_, i) => claim(world, id, `many-${i % 100}`)),
    );
    expect(answers.filter(({ code }) => code === 'CLAIMED')).toHaveLength(300);
    expect(answers.filter(({ code }) => code === 'USER_LIMIT_REACHED')).toHaveLength(100);
    expect((await world.verify()).violations).toEqual([]);
  });

  it('draws red packets that add up to the budget, each draw once and within its bounds', async () => {
    const yuan = (amount: string) => ({ amount, currency: 'CNY' });
    const { id } = await activeTemplate(world, {
      type: 'RED_PACKET',
      tiers: null,
      redPacket: { min: yuan('0.50'), max: yuan('8.00'), budget: yuan('100.01') },
      totalCount: 37,
    });
    await Promise.all(Array.from({ length: 60 }, (_, i) => claim(world, id, `lucky-${i}`)));
    const draws = await world.stores.database.rows(
      'SELECT draw_no, face_value_minor AS face FROM coupon WHERE template_id = ?',
      [id],
    );
    const faces = draws.map((row) => Number(row['face']));
    expect(faces.reduce((sum, face) => sum + face, 0)).toBe(10_001);
    expect(Math.min(...faces)).toBeGreaterThanOrEqual(50);
    expect(Math.max(...faces)).toBeLessThanOrEqual(800);
    expect(new Set(draws.map((row) => row['draw_no'])).size).toBe(37);
  });
});
