/** What became of a template's coupons: right to the coupon, and as cheap to look at as a small template. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  COUNT_AGAIN_AFTER_MS,
  COUNT_PAGE,
  COUNT_SETTLED_AFTER_MS,
} from '../../src/config/limits.js';
import { countCoupons } from '../../src/numbers/count-coupons.js';
import { countTemplates } from '../../src/numbers/count-templates.js';
import { readTemplateStats } from '../../src/numbers/read-template-stats.js';
import { issuedOf } from '../../src/numbers/rules/coupon-counts.js';
import type { SqlParameter } from '../../src/storage/database.js';
import { seedCoupons, seedTemplate } from '../kit/seed.js';
import { openStores, TestClock, type Stores } from '../kit/stores.js';

const DAY_MS = 86_400_000;
const USERS = 1_500;
const ISSUED = 2 * COUNT_PAGE + 500;

describe('the numbers of a large template', () => {
  let stores: Stores;
  let templateId: string;
  const clock = new TestClock();

  beforeAll(async () => {
    stores = await openStores();
    ({ id: templateId } = await seedTemplate(stores.database));
    const { id: other } = await seedTemplate(stores.database);
    await seed(other, 10);
    await seed(templateId, ISSUED);
    await set(
      `UPDATE coupon SET status = 'USED', discount_minor = 7, channel = 'app' WHERE slot % 10 = 1`,
    );
    await set(
      `UPDATE coupon SET status = 'HELD', held_until = '2099-01-01', channel = 'web' WHERE slot % 10 = 2`,
    );
    await set(`UPDATE coupon SET status = 'HELD', held_until = '2020-01-01' WHERE slot % 10 = 3`);
    await set(`UPDATE coupon SET status = 'FROZEN' WHERE slot % 10 = 4`);
    await set(`UPDATE coupon SET status = 'REVOKED' WHERE slot % 10 = 5`);
    await set(`UPDATE coupon SET expires_at = '2020-01-01' WHERE slot % 10 = 6`);
    await set(
      `UPDATE coupon SET status = 'HELD', held_until = '2020-01-01', expires_at = '2020-01-01' WHERE slot % 10 = 7`,
    );
  });
  afterAll(() => stores.close());

  const set = (sql: string) => stores.database.transaction((run) => run.change(sql));

  const run = (signal: AbortSignal) => countTemplates({ database: stores.database, signal }, clock);
  const counted = async () => (await run(new AbortController().signal)).handled;

  /** Tenths of all by the last digit of their slot; some expire in two days, the others in ten. */
  async function seed(id: string, count: number): Promise<void> {
    const rows = Array.from({ length: count }, (_, i) => ({
      templateId: id,
      userId: `user-${i % USERS}`,
      expiresAtMs: clock.nowMs() + (i % 4 === 0 ? 2 : 10) * DAY_MS,
    }));
    for (let from = 0; from < rows.length; from += 500)
      await seedCoupons(stores.database, rows.slice(from, from + 500));
    const { database } = stores;
    await database.transaction((sql) =>
      sql.change('UPDATE template SET issued = ? WHERE id = ?', [count, id]),
    );
  }

  /** The same in one statement that knows no pages. */
  async function expected() {
    const soon = new Date(clock.nowMs() + 3 * DAY_MS).toISOString().slice(0, 23).replace('T', ' ');
    const [row] = await stores.database.rows(
      `SELECT SUM(status = 'UNUSED' AND expires_at > '2021-01-01' OR slot % 10 = 3) AS unused,
         SUM((status = 'UNUSED' AND expires_at > '2021-01-01' OR slot % 10 = 3) AND expires_at <= ?) AS expiring,
         SUM(slot % 10 = 2) AS held, SUM(status = 'USED') AS used, SUM(slot % 10 IN (6, 7)) AS expired,
         SUM(status = 'FROZEN') AS frozen, SUM(status = 'REVOKED') AS revoked,
         SUM(status = 'USED') * 7 AS discountGivenMinor
       FROM coupon WHERE template_id = ?`,
      [soon, templateId],
    );
    return Object.fromEntries(Object.entries(row!).map(([key, value]) => [key, Number(value)]));
  }

  it('are those of its coupons, each counted once, over any number of pages', async () => {
    const counts = await countCoupons(stores.database, clock, templateId);
    const truth = await expected();
    expect(truth['expiring']).toBeGreaterThan(0);
    expect(counts).toMatchObject(truth);
    expect(issuedOf(counts)).toBe(ISSUED);
  });

  it('are told by channel, the largest first, and add up to all', async () => {
    const { byChannel, used } = await countCoupons(stores.database, clock, templateId);
    expect(byChannel.map(({ channel }) => channel)).toEqual(['', 'app', 'web']);
    expect(byChannel.reduce((sum, { issued }) => sum + issued, 0)).toBe(ISSUED);
    expect(byChannel.map((own) => own.used)).toEqual([0, used, 0]);
  });

  it('are null until a worker has counted them, then as it did, whoever looks', async () => {
    const template = { id: templateId, issued: ISSUED };
    const read = () => readTemplateStats(stores.database, clock, template);
    expect(await read()).toBeUndefined();
    expect(await counted()).toBe(2);
    const counts = await countCoupons(stores.database, clock, templateId);
    const seen: string[] = [];
    const stop = stores.database.observe((sql) => seen.push(sql));
    expect(await read()).toEqual({
      ...counts,
      issued: ISSUED,
      countedAtMs: expect.any(Number) as number,
    });
    stop();
    expect(seen).toHaveLength(1);
    expect(seen[0]).not.toMatch(/FROM coupon/);
  });

  it('are counted again after a while, and after a long while where nothing happens any more', async () => {
    const { id: over } = await seedTemplate(stores.database, { claimUntilMs: Date.now() - DAY_MS });
    await seed(over, 3);
    await set(`UPDATE coupon SET status = 'EXPIRED' WHERE template_id = '${over}'`);
    expect(await counted()).toBe(1);
    expect(await counted()).toBe(0);
    clock.forward(COUNT_AGAIN_AFTER_MS + 60_000);
    expect(await counted()).toBe(2);
    clock.forward(COUNT_SETTLED_AFTER_MS);
    expect(await counted()).toBe(3);
  });

  it('are counted in several runs where one has not the time, each from where the last ended', async () => {
    clock.forward(COUNT_SETTLED_AFTER_MS);
    let pages = 0;
    const runOfOnePage = async () => {
      const ending = new AbortController();
      const stop = stores.database.observe((sql) => {
        if (!sql.includes('COUNT(*)')) return;
        pages += 1;
        ending.abort();
      });
      const { isMore } = await run(ending.signal);
      stop();
      return isMore;
    };
    while (await runOfOnePage());
    expect(pages).toBe(3 + 2);
    const counts = await countCoupons(stores.database, clock, templateId);
    expect(
      await readTemplateStats(stores.database, clock, { id: templateId, issued: ISSUED }),
    ).toMatchObject(counts);
  });

  it('are found by ranges of a unique key, a page each', async () => {
    const seen = new Map<string, readonly SqlParameter[]>();
    const stop = stores.database.observe((sql, values) => seen.set(sql, values));
    await countCoupons(stores.database, clock, templateId);
    stop();
    const pages = [...seen].filter(([sql]) => /FROM coupon/.test(sql));
    expect(pages).toHaveLength(3);
    for (const [sql, values] of pages) {
      const [plan] = await stores.database.rows(`EXPLAIN ${sql}`, values);
      expect(plan).toMatchObject({ type: 'range', key: 'uk_coupon_slot' });
    }
  });

  it('of a template with more channels than are told apart still add up in the totals', async () => {
    const { id } = await seedTemplate(stores.database);
    await seed(id, 1_200);
    await set(`UPDATE coupon SET channel = CONCAT('c', slot) WHERE template_id = '${id}'`);
    const counts = await countCoupons(stores.database, clock, id);
    expect(counts.byChannel).toHaveLength(100);
    expect(counts.unused).toBe(1_200);
  });
});
