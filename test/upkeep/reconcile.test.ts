/** Every minute: the records of MySQL are compared, what differs is told, and mended where that is safe. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/kernel/ids.js';
import { readJobs } from '../../src/upkeep/frame/job.store.js';
import { runLeased } from '../../src/upkeep/frame/run-leased.js';
import { reconcileRecords } from '../../src/upkeep/reconcile-records.js';
import { activeTemplate, claim, openWorld, type World } from '../kit/world.js';

describe('reconciling', () => {
  let world: World;
  let templateId: string;
  beforeAll(async () => {
    world = await openWorld();
    templateId = (await activeTemplate(world)).id;
    for (const user of ['ada', 'bob']) await claim(world, templateId, user);
  });
  afterAll(() => world.close());

  const damage = (sql: string) =>
    world.stores.database.transaction((transaction) => transaction.change(sql));
  const reconcile = async () => {
    const told: string[] = [];
    const job = {
      name: 'reconcile-records',
      pattern: '* * * * * *',
      everyMs: 1,
      run: (run: Parameters<typeof reconcileRecords>[0]) =>
        reconcileRecords(run, world.clock, (line) => told.push(line)),
    };
    const { database } = world.stores;
    const stopping = new AbortController().signal;
    const end = await runLeased(job, { database, holder: newId(Date.now()), stopping });
    expect(end).toMatchObject({ result: { handled: told.length } });
    return told;
  };
  const issued = async () => (await world.app.catalog.fresh(templateId))!.issued;

  it('finds nothing where all is well', async () => {
    expect(await reconcile()).toEqual([]);
  });

  it('raises a counter that is below its coupons, so that none can be issued too many', async () => {
    await damage('UPDATE template SET issued = 1');
    expect(await reconcile()).toEqual([`template ${templateId} counts 1 but has 2`]);
    expect(await issued()).toBe(2);
    expect(await reconcile()).toEqual([]);
    expect((await world.verify()).violations).toEqual([]);
  });

  it('only tells of a counter that is above its coupons', async () => {
    await damage('UPDATE template SET issued = 3');
    expect(await reconcile()).toHaveLength(1);
    expect(await issued()).toBe(3);
    const [record] = await readJobs(world.stores.database);
    expect(record!.progress).toMatchObject({ records: 0, counters: 1 });
    await damage('UPDATE template SET issued = 2');
  });

  it('finds a row of the last minutes that breaks a promise', async () => {
    await damage("UPDATE coupon SET status = 'EXPIRED' WHERE user_id = 'ada'");
    expect((await reconcile()).join()).toContain('the audit of every coupon is whole');
    await damage("UPDATE coupon SET status = 'UNUSED' WHERE user_id = 'ada'");
    expect(await reconcile()).toEqual([]);
  });
});
