/** The archive: what is long over goes there, and is read, refunded and proved as before. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ARCHIVED_COLUMNS, archiveCoupons } from '../../src/coupon/archive.store.js';
import type { Coupon } from '../../src/coupon/coupon.types.js';
import { newId } from '../../src/kernel/ids.js';
import { readTemplateStats } from '../../src/numbers/read-template-stats.js';
import { QuoteStore } from '../../src/quote/quote-store.js';
import { archiveOldCoupons } from '../../src/upkeep/archive-coupons.js';
import { archiveChecks } from '../../src/upkeep/checks/archive-checks.js';
import { expirePage } from '../../src/upkeep/expire-coupons.js';
import { expireTemplates } from '../../src/upkeep/expire-templates.js';
import type { JobRun, LeasedJob } from '../../src/upkeep/frame/job.js';
import { runLeased } from '../../src/upkeep/frame/run-leased.js';
import { makeQuote, orderService } from '../kit/seed.js';
import { activeTemplate, callerOf, claim, openWorld, operator, type World } from '../kit/world.js';

const DAY_MS = 86_400_000;
const YEAR = { days: 365, timeZone: 'UTC' };

/** Rolls a damage back. */
class Seen extends Error {
  constructor(readonly lines: readonly string[]) {
    super();
  }
}

describe('the archive', () => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld();
  });
  afterEach(() => world.close());

  const work = (change: (run: JobRun) => JobRun = (run) => run) => {
    const job: LeasedJob = {
      name: 'archive-coupons',
      pattern: '* * * * * *',
      everyMs: 1,
      run: (run) => archiveOldCoupons(change(run), world.clock, 2),
    };
    const { database } = world.stores;
    const stopping = new AbortController().signal;
    return runLeased(job, { database, holder: newId(Date.now()), stopping });
  };
  const archived = async () =>
    (await world.stores.database.rows('SELECT id FROM coupon_archive ORDER BY id')).map((row) =>
      String(row['id']),
    );
  const give = async (templateId: string, ...users: string[]) => {
    const ids: string[] = [];
    for (const user of users) ids.push((await claim(world, templateId, user)).couponId!);
    return ids;
  };
  /** The coupon is used for an order. @returns the order */
  const use = async (userId: string, couponId: string) => {
    const { database, redis } = world.stores;
    const quotes = new QuoteStore(database, redis, world.clock);
    const coupons = [{ couponId, discountMinor: 1_000 }];
    const quote = await makeQuote(quotes, { userId, coupons, nowMs: world.clock.nowMs() });
    const orderId = `order-${couponId}`;
    const redeemed = await world.app.redemptions.redeem.run(orderService, {
      orderId,
      quoteId: quote.id,
    });
    expect(redeemed.ok).toBe(true);
    return orderId;
  };
  const refund = (orderId: string) =>
    world.app.redemptions.refund.run(orderService, {
      orderId,
      idempotencyKey: 'r',
      lines: null,
      reason: null,
    });
  /** So many days later, with everything written down that is over by then. */
  const later = async (days: number) => {
    const { database } = world.stores;
    world.clock.forward(days * DAY_MS);
    await expirePage(database, world.clock.nowMs());
    await expireTemplates(database, world.clock);
  };
  const nothingIsBroken = async () => expect((await world.verify()).violations).toEqual([]);
  const walletOf = async (userId: string, status: Coupon['status'][] | null) => {
    const found: string[] = [];
    for (let afterId: string | null = null; ;) {
      const page = { first: 1, afterId };
      const next = await world.app.readCoupons.wallet(callerOf(userId), userId, status, page);
      found.push(...next.nodes.map(({ id }) => id));
      if (next.hasNextPage) afterId = next.nodes.at(-1)!.id;
      else {
        expect(await next.totalCount()).toBe(found.length);
        return found;
      }
    }
  };

  it('takes what was used or has expired over 90 days ago, of templates that can issue no more', async () => {
    const over = await activeTemplate(world);
    const long = await activeTemplate(world, { validity: YEAR });
    const open = await activeTemplate(world, { claimUntil: world.clock.nowMs() + 400 * DAY_MS });
    const [expired, revoked] = await give(over.id, 'ada', 'bob');
    await world.app.changeCoupon.run(operator, 'REVOKE', { id: revoked!, reason: 'x' });
    const [used, unused] = await give(long.id, 'ada', 'bob');
    await use('ada', used!);
    const [issuing] = await give(open.id, 'ada');
    await use('ada', issuing!);
    await later(89);
    await work();
    expect(await archived()).toEqual([]);
    await later(9);
    await work();
    expect(await archived()).toEqual([expired, used]);
    expect(unused).toBeDefined();
    await nothingIsBroken();
  });

  it('is read by owners in their history, by codes and in the numbers, page by page', async () => {
    const old = await activeTemplate(world);
    const [first, second] = await give(old.id, 'ada', 'bob');
    await use('ada', first!);
    const before = await readTemplateStats(world.stores.database, world.clock, {
      id: old.id,
      issued: 2,
    });
    await later(100);
    await work();
    expect(await archived()).toEqual([first, second]);
    const young = await activeTemplate(world);
    const [fresh] = await give(young.id, 'ada');
    const { readCoupons } = world.app;
    const coupon = await readCoupons.byId(callerOf('ada'), first!);
    expect(coupon).toMatchObject({ id: first, status: 'USED', discountMinor: 1_000 });
    expect(await readCoupons.byId(callerOf('bob'), first!)).toBeNull();
    expect(await readCoupons.byCode(callerOf('ada'), coupon!.code)).toEqual(coupon);
    expect(await walletOf('ada', null)).toEqual([fresh, first]);
    expect(await walletOf('ada', ['USED', 'EXPIRED'])).toEqual([first]);
    expect(await walletOf('ada', ['UNUSED'])).toEqual([fresh]);
    const stats = await readTemplateStats(world.stores.database, world.clock, {
      id: old.id,
      issued: 2,
    });
    expect(stats).toMatchObject({
      issued: 2,
      used: 1,
      expired: 1,
      unused: 0,
      discountGivenMinor: 1_000,
    });
    expect(before).toMatchObject({ issued: 2, used: 1 });
    const frozen = await world.app.changeCoupon.run(operator, 'FREEZE', {
      id: first!,
      reason: 'x',
    });
    expect(frozen).toMatchObject({ rejection: { code: 'COUPON_USED' } });
    await nothingIsBroken();
  });

  it('gives a coupon back when its order is refunded, expired or usable as its time says', async () => {
    const short = await activeTemplate(world);
    const long = await activeTemplate(world, { validity: YEAR });
    const [gone] = await give(short.id, 'ada');
    const [alive] = await give(long.id, 'bob');
    const orders = [await use('ada', gone!), await use('bob', alive!)];
    await later(100);
    await work();
    expect(await archived()).toEqual([gone!, alive!].toSorted());
    const both = await Promise.all(orders.flatMap((order) => [refund(order), refund(order)]));
    expect(both.map(({ ok }) => ok)).toEqual([true, true, true, true]);
    expect(await archived()).toEqual([]);
    const { readCoupons } = world.app;
    expect(await readCoupons.byId(callerOf('ada'), gone!)).toMatchObject({ status: 'EXPIRED' });
    expect(await readCoupons.byId(callerOf('bob'), alive!)).toMatchObject({ status: 'UNUSED' });
    await nothingIsBroken();
    await use('bob', alive!).catch(() => undefined);
    world.clock.forward(DAY_MS);
    await work();
    expect(await archived()).toEqual([gone]);
    await nothingIsBroken();
  });

  it('and a refund at the same moment leave every coupon in one place', async () => {
    const { id } = await activeTemplate(world);
    const users = Array.from({ length: 6 }, (_, i) => `u${i}`);
    const coupons = await give(id, ...users);
    const orders: string[] = [];
    for (const [i, user] of users.entries()) orders.push(await use(user, coupons[i]!));
    await later(100);
    const [, ...refunds] = await Promise.all([work(), ...orders.map(refund)]);
    expect(refunds.map(({ ok }) => ok)).toEqual(users.map(() => true));
    await nothingIsBroken();
    for (const coupon of coupons)
      expect(await world.app.readCoupons.byId(operator, coupon)).toMatchObject({
        status: 'EXPIRED',
      });
  });

  it('goes on where a worker died, and by two workers at once', async () => {
    const { id } = await activeTemplate(world);
    const coupons = await give(id, 'a', 'b', 'c', 'd', 'e');
    await later(100);
    let pages = 0;
    await work((run) => ({
      ...run,
      database: {
        rows: run.database.rows,
        transaction: (job) =>
          run.database.transaction(async (sql) => {
            const done = await job(sql);
            if ((pages += 1) === 2) throw new Error('the worker died here');
            return done;
          }),
      },
    }));
    expect(await archived()).toHaveLength(2);
    await nothingIsBroken();
    await Promise.all([work(), work()]);
    await work();
    expect(await archived()).toEqual(coupons.toSorted());
    await nothingIsBroken();
  });

  it('voids what was reserved of a template before the first coupon of it goes', async () => {
    const { id, epoch } = await activeTemplate(world);
    await give(id, 'ada', 'bob', 'cyd');
    const { epoch: before } = (await world.app.catalog.fresh(id))!;
    await later(100);
    await work();
    expect((await world.app.catalog.fresh(id))!.epoch).toBe(before + 1);
    expect(before).toBeGreaterThanOrEqual(epoch);
  });

  it('has every column that a coupon has', async () => {
    const rows = await world.stores.database.rows(
      `SELECT column_name AS c FROM information_schema.columns
       WHERE table_schema = DATABASE() AND table_name = 'coupon'`,
    );
    const named = ARCHIVED_COLUMNS.split(',').map((column) => column.trim());
    expect(named.toSorted()).toEqual(rows.map((row) => String(row['c'])).toSorted());
  });

  it('is proved by checks that each see the damage they are there for', async () => {
    const { id } = await activeTemplate(world);
    const [used] = await give(id, 'ada', 'bob');
    await use('ada', used!);
    await later(100);
    await work();
    const damages = [
      `INSERT INTO coupon (${ARCHIVED_COLUMNS}) SELECT ${ARCHIVED_COLUMNS} FROM coupon_archive`,
      "UPDATE coupon_archive SET status = 'REVOKED'",
      'UPDATE archived_count SET coupons = coupons + 1',
      "UPDATE coupon_archive SET order_id = 'other' WHERE status = 'USED'",
      'UPDATE coupon_archive SET version = version + 1',
    ];
    for (const [i, check] of archiveChecks.entries()) {
      const found = world.stores.database.transaction(async (sql) => {
        expect(await check.run(sql, world.clock.nowMs())).toEqual([]);
        await sql.change(damages[i]!);
        throw new Seen(await check.run(sql, world.clock.nowMs()));
      });
      const seen = await found.catch((error: unknown) => error);
      expect((seen as Seen).lines?.length, check.name).toBeGreaterThan(0);
    }
  });

  it('takes nothing that is not over, whoever asks', async () => {
    const { id } = await activeTemplate(world);
    const coupons = await give(id, 'ada', 'bob');
    await use('bob', coupons[1]!);
    const nowMs = world.clock.nowMs();
    const moved = await world.stores.database.transaction((sql) =>
      archiveCoupons(sql, coupons, { overBeforeMs: nowMs - DAY_MS, nowMs }),
    );
    expect(moved).toBe(0);
  });
});
