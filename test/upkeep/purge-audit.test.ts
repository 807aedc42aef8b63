/** What of the audit is deleted after years, and what never. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/environment.js';
import { readHistory } from '../../src/event/read-history.js';
import { newId } from '../../src/kernel/ids.js';
import { QuoteStore } from '../../src/quote/quote-store.js';
import type { Database } from '../../src/storage/database.js';
import { archiveChecks } from '../../src/upkeep/checks/archive-checks.js';
import type { LeasedJob } from '../../src/upkeep/frame/job.js';
import { runLeased } from '../../src/upkeep/frame/run-leased.js';
import { jobsOf } from '../../src/upkeep/jobs.js';
import { PURGE_AUDIT_SQL } from '../../src/upkeep/purge-audit.js';
import { makeQuote, orderService } from '../kit/seed.js';
import { activeTemplate, claim, openWorld, type World } from '../kit/world.js';

const DAY_MS = 86_400_000;
const KEPT_DAYS = 400;

describe('the audit of coupons', () => {
  let world: World;
  let database: Database;
  const open = async (keptDays: number) => {
    const config = readConfig({ AUDIT_KEPT_DAYS: String(keptDays) });
    world = await openWorld(undefined, { config });
    database = world.stores.database;
  };
  beforeEach(() => open(KEPT_DAYS));
  afterEach(() => world.close());

  const run = async (...names: string[]) => {
    for (const name of names) {
      await database.transaction((sql) => sql.change('UPDATE job SET due_at = created_at'));
      const job = jobsOf(world.app).find((one) => one.name === name) as LeasedJob;
      const stopping = new AbortController().signal;
      const end = await runLeased(job, { database, holder: newId(Date.now()), stopping });
      expect(end, name).toHaveProperty('result');
    }
  };
  /** So many days later, with everything written down and archived that is over by then. */
  const later = async (days: number) => {
    world.clock.forward(days * DAY_MS);
    await run('expire-holds', 'expire-coupons', 'expire-templates', 'archive-coupons');
  };
  const give = async (templateId: string, user: string) =>
    (await claim(world, templateId, user)).couponId!;
  const use = async (userId: string, couponId: string) => {
    const quotes = new QuoteStore(database, world.stores.redis, world.clock);
    const coupons = [{ couponId, discountMinor: 1_000 }];
    const { id: quoteId } = await makeQuote(quotes, {
      userId,
      coupons,
      nowMs: world.clock.nowMs(),
    });
    const order = { orderId: `order-${couponId}`, quoteId };
    expect((await world.app.redemptions.redeem.run(orderService, order)).ok).toBe(true);
    return order.orderId;
  };
  const refund = (orderId: string) =>
    world.app.redemptions.refund.run(orderService, {
      orderId,
      idempotencyKey: 'r',
      lines: null,
      reason: null,
    });
  const actions = async (id: string) =>
    (await readHistory(database, id)).map(({ action }) => action);
  const nothingIsBroken = async () => expect((await world.verify()).violations).toEqual([]);

  it('goes after the time it is kept, of coupons at their end and of no others', async () => {
    const { id } = await activeTemplate(world);
    const expired = await give(id, 'ada');
    const used = await give(id, 'bob');
    const orderId = await use('bob', used);
    await later(100);
    await run('purge-audit');
    expect(await actions(expired)).toEqual(['EXPIRED']);
    world.clock.forward((KEPT_DAYS - 1) * DAY_MS);
    await run('purge-audit');
    expect(await actions(expired)).toEqual(['EXPIRED']);
    world.clock.forward(2 * DAY_MS);
    await run('purge-audit');
    expect(await actions(expired)).toEqual([]);
    expect(await actions(used)).toEqual(['HELD', 'USED']);
    expect(await actions(id)).toContain('ACTIVATED');
    await nothingIsBroken();

    // Years after, the goods come back: the coupon does too, and its audit goes on where it was.
    expect((await refund(orderId)).ok).toBe(true);
    expect(await actions(used)).toEqual(['HELD', 'USED', 'REFUNDED']);
    const redemption = await world.app.redemptions.read.byOrder(orderService, orderId);
    expect(redemption!.status).toBe('REFUNDED');
    await nothingIsBroken();
    await later(1);
    world.clock.forward((KEPT_DAYS + 1) * DAY_MS);
    await run('purge-audit');
    expect(await actions(used)).toEqual([]);
    expect(await actions(redemption!.id)).toEqual(['HELD', 'CONFIRMED', 'REFUNDED']);
    await nothingIsBroken();
  });

  it('is kept for ever where the environment says so', async () => {
    await world.close();
    await open(0);
    const { id } = await activeTemplate(world);
    const expired = await give(id, 'ada');
    await later(100);
    world.clock.forward(20_000 * DAY_MS);
    await run('purge-audit');
    expect(await actions(expired)).toEqual(['EXPIRED']);
  });

  it('is deleted with its mark or not at all, and verify tells a purge from a loss', async () => {
    const { id } = await activeTemplate(world);
    const coupons = [await give(id, 'ada'), await give(id, 'bob')];
    await later(100);
    world.clock.forward((KEPT_DAYS + 1) * DAY_MS);
    const dying = jobsOf(world.app).find(({ name }) => name === 'purge-audit') as LeasedJob;
    const failing: LeasedJob = {
      ...dying,
      run: (one) =>
        dying.run({
          ...one,
          database: {
            rows: one.database.rows,
            transaction: (work) =>
              one.database.transaction(async (sql) => {
                await work(sql);
                throw new Error('the worker died here');
              }),
          },
        }),
    };
    const stopping = new AbortController().signal;
    const end = await runLeased(failing, { database, holder: newId(1), stopping });
    expect(end).toHaveProperty('error');
    for (const coupon of coupons) expect(await actions(coupon)).toEqual(['EXPIRED']);
    await nothingIsBroken();

    const seen = async () => {
      const nowMs = world.clock.nowMs();
      return (await Promise.all(archiveChecks.map((check) => check.run(database, nowMs)))).flat();
    };
    await database.transaction((sql) => sql.change(PURGE_AUDIT_SQL.remove(1), [coupons[0]!]));
    expect(await seen()).toHaveLength(1);
    await run('purge-audit');
    expect(await seen()).toEqual([]);
    for (const coupon of coupons) expect(await actions(coupon)).toEqual([]);
  });

  it('is found along an index, a page at a time', async () => {
    const { id } = await activeTemplate(world);
    await give(id, 'ada');
    await later(100);
    const [plan] = await database.rows(`EXPLAIN ${PURGE_AUDIT_SQL.lock}`, ['2099-01-01']);
    expect(plan).toMatchObject({ key: 'ix_archive_audit' });
    expect(String(plan!['Extra'])).not.toContain('filesort');
    const [removal] = await database.rows(`EXPLAIN ${PURGE_AUDIT_SQL.remove(1)}`, ['x']);
    expect(removal).toMatchObject({ key: 'PRIMARY' });
  });
});
