/** Owners are told three days before, once, whoever runs the job and wherever it stops. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../src/kernel/ids.js';
import type { JobRun, LeasedJob } from '../../src/upkeep/frame/job.js';
import { runLeased } from '../../src/upkeep/frame/run-leased.js';
import { remindOwners } from '../../src/upkeep/remind-owners.js';
import { purgeReminders } from '../../src/upkeep/purge-rows.js';
import { seedCoupons } from '../kit/seed.js';
import { activeTemplate, openWorld, operator, type World } from '../kit/world.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

describe('the reminder', () => {
  let world: World;
  let templateId: string;
  beforeEach(async () => {
    world = await openWorld();
    templateId = (await activeTemplate(world)).id;
  });
  afterEach(async () => {
    await world.close();
  });

  /** One run of a worker, which may die at a statement. */
  const work = (diesAt?: (sql: string) => boolean, pageSize = 2) => {
    const { database } = world.stores;
    const mortal = (run: JobRun): JobRun => ({
      ...run,
      database: {
        rows: run.database.rows,
        transaction: (job) =>
          run.database.transaction((sql) =>
            job({
              rows: (statement, values) => sql.rows(statement, values),
              change: async (statement, values) => {
                const changed = await sql.change(statement, values);
                if (diesAt?.(statement)) throw new Error('the worker died here');
                return changed;
              },
            }),
          ),
      },
    });
    const job: LeasedJob = {
      name: 'remind-owners',
      pattern: '* * * * * *',
      everyMs: 1,
      run: (run) => remindOwners(mortal(run), world.clock, pageSize),
    };
    const stopping = new AbortController().signal;
    return runLeased(job, { database, holder: newId(Date.now()), stopping });
  };
  const reminded = async () =>
    (
      await world.stores.database.rows(
        "SELECT subject_id FROM outbox WHERE type = 'coupon.expiring' ORDER BY id",
      )
    ).map((row) => String(row['subject_id']));
  /** Coupons that were claimed a month ago and expire so long from now. */
  const couponsIn = async (...inMs: number[]) => {
    const nowMs = world.clock.nowMs();
    const ids = await seedCoupons(
      world.stores.database,
      inMs.map((ms, i) => ({ templateId, userId: `u${i}`, expiresAtMs: nowMs + ms })),
    );
    await world.stores.database.transaction((sql) =>
      sql.change('UPDATE coupon SET claimed_at = claimed_at - INTERVAL 30 DAY'),
    );
    return ids;
  };

  it('is told once of every coupon with at most three days left, and of no other', async () => {
    const ids = await couponsIn(
      HOUR_MS,
      2 * DAY_MS,
      3 * DAY_MS - HOUR_MS,
      3 * DAY_MS + HOUR_MS,
      -1,
    );
    await work();
    expect(await reminded()).toEqual(ids.slice(0, 3));
    await work();
    expect(await reminded()).toHaveLength(3);
    world.clock.forward(2 * HOUR_MS);
    await work();
    expect(await reminded()).toEqual(ids.slice(0, 4));
    const [event] = await world.stores.database.rows(
      'SELECT payload FROM outbox WHERE subject_id = ?',
      [ids[0]!],
    );
    expect(JSON.parse(String(event!['payload']))).toMatchObject({ userId: 'u0', templateId });
  });

  it('is told exactly once by two workers of which one dies anywhere', async () => {
    const ids = await couponsIn(...Array.from({ length: 9 }, (_, i) => (i + 1) * HOUR_MS));
    for (const statement of ['UPDATE job SET progress', 'coupon_reminder', 'INSERT INTO outbox']) {
      let writes = 0;
      const second = (sql: string) => sql.includes(statement) && (writes += 1) === 2;
      expect(await work(second)).toMatchObject({ error: expect.any(Error) });
      await Promise.all([work(), work()]);
      expect(await reminded()).toEqual(ids);
      await world.stores.database.transaction(async (sql) => {
        await sql.change('DELETE FROM outbox');
        await sql.change('DELETE FROM coupon_reminder');
        await sql.change('DELETE FROM job');
      });
    }
  });

  it('finds a coupon that was frozen when its turn was, once it is free again', async () => {
    const [early, late] = await couponsIn(DAY_MS, 2 * DAY_MS);
    await world.app.changeCoupon.run(operator, 'FREEZE', { id: early!, reason: 'x' });
    await work();
    expect(await reminded()).toEqual([late]);
    await world.app.changeCoupon.run(operator, 'UNFREEZE', { id: early!, reason: 'x' });
    world.clock.forward(HOUR_MS);
    await work();
    expect(await reminded()).toEqual([late, early]);
  });

  it('is not told of a coupon that its owner got within its last three days', async () => {
    await seedCoupons(world.stores.database, [
      { templateId, userId: 'ada', expiresAtMs: world.clock.nowMs() + 2 * DAY_MS },
    ]);
    await work();
    expect(await reminded()).toEqual([]);
  });

  it('leaves marks that go once the coupon is over, a page at a time', async () => {
    const { database } = world.stores;
    await couponsIn(HOUR_MS, 2 * HOUR_MS, DAY_MS);
    await work();
    expect(await purgeReminders(database, world.clock)).toBe(0);
    world.clock.forward(3 * HOUR_MS);
    expect(await purgeReminders(database, world.clock)).toBe(2);
    await work();
    expect(await reminded()).toHaveLength(3);
  });
});
