/** Reading coupons: one, by code, or a wallet; and the SQL that tells a status as the rules do. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPage, toConnection } from '../../src/graph/paging.js';
import { NotAllowed, NotAuthenticated } from '../../src/kernel/caller.js';
import { newId } from '../../src/kernel/ids.js';
import { InputError } from '../../src/kernel/input-error.js';
import { COUPON_STATUSES, type Coupon, type CouponStatus } from '../../src/coupon/coupon.types.js';
import { readCoupons } from '../../src/coupon/coupon.store.js';
import { ReadCoupons } from '../../src/coupon/read-coupons.js';
import { statusAt } from '../../src/coupon/rules/coupon-lifecycle.js';
import { toSqlMoment } from '../../src/storage/moments.js';
import { readTemplateStats } from '../../src/numbers/read-template-stats.js';
import { seedCoupon, seedCoupons, seedTemplate } from '../kit/seed.js';
import { callerOf, openWorld, operator, type World } from '../kit/world.js';

const HOUR_MS = 3_600_000;
const redeemer = callerOf('shop', ['coupons:redeem']);

const noLimit = { begin: async () => ({ wasGood: () => undefined }) };

describe('a wallet', () => {
  let world: World;
  let templateId: string;
  beforeAll(async () => {
    world = await openWorld();
    ({ id: templateId } = await seedTemplate(world.stores.database));
  });
  afterAll(() => world.close());

  let users = 0;
  const newUser = () => `user-${(users += 1)}`;
  const seed = (userId: string) => seedCoupon(world.stores.database, { templateId, userId });
  const wallet = (
    userId: string,
    status: readonly CouponStatus[] | null = null,
    first = 100,
    after: string | null = null,
    caller = callerOf(userId),
  ) => world.app.readCoupons.wallet(caller, userId, status, readPage(first, after));
  const statementsOf = async (work: () => Promise<unknown>): Promise<string[]> => {
    const statements: string[] = [];
    const stop = world.stores.database.observe((sql) => statements.push(sql));
    await work();
    stop();
    return statements;
  };

  it('comes newest first in pages that neither repeat nor hide while coupons are claimed', async () => {
    const user = newUser();
    const made: string[] = [];
    for (let i = 0; i < 8; i += 1) made.push(await seed(user));
    const seen: string[] = [];
    let after: string | null = null;
    for (let more = true; more;) {
      const page = await wallet(user, null, 3, after);
      const { nodes, pageInfo } = toConnection(page, (coupon: Coupon) => coupon);
      seen.push(...nodes.map(({ id }) => id));
      await seed(user);
      more = pageInfo.hasNextPage;
      after = pageInfo.endCursor;
    }
    expect(seen).toEqual([...made].reverse());
    const page = await wallet(user, null, 1);
    expect(await page.totalCount()).toBe(11);
  });

  it('is for its owner, operators and the order service, and for nobody else', async () => {
    const user = newUser();
    const id = await seed(user);
    const page = (caller: typeof operator) => wallet(user, null, 10, null, caller);
    for (const caller of [callerOf(user), operator, redeemer])
      expect((await page(caller)).nodes.map((coupon) => coupon.id)).toEqual([id]);
    for (const caller of [callerOf('eve'), callerOf('ev', ['coupons:events', 'coupons:approve'])])
      await expect(page(caller)).rejects.toThrow(NotAllowed);
    await expect(page(callerOf(null))).rejects.toThrow(NotAuthenticated);
  });

  it('does not open for a user whose id looks much the same', async () => {
    const user = newUser();
    await seed(user);
    const asked = (other: string) => wallet(other, null, 10, null, operator);
    for (const other of [user.toUpperCase(), `${user}%`, `${user}0`, user.slice(0, -1)])
      expect((await asked(other)).nodes).toEqual([]);
    for (const other of [`${user} `, '', '用户', `${user}\u0000`])
      await expect(asked(other)).rejects.toThrow(InputError);
  });

  it('has every coupon under exactly the status that the rules tell, in lists and in counts', async () => {
    const nowMs = Math.floor(world.clock.nowMs() / 1_000) * 1_000;
    const around = fc.constantFrom(-HOUR_MS, -1, 0, 1, HOUR_MS);
    const coupon = fc.record({
      status: fc.constantFrom(...COUPON_STATUSES),
      expiresAtMs: around.map((shift) => nowMs + shift),
      heldUntilMs: around.map((shift) => nowMs + shift),
    });
    const { database } = world.stores;
    const then = new ReadCoupons(database, { nowMs: () => nowMs }, noLimit);
    await fc.assert(
      fc.asyncProperty(fc.array(coupon, { minLength: 1, maxLength: 12 }), async (drawn) => {
        const user = newUser();
        const { id: own } = await seedTemplate(database);
        const ids = await seedCoupons(
          database,
          drawn.map(({ expiresAtMs }) => ({ templateId: own, userId: user, expiresAtMs })),
        );
        await database.transaction(async (sql) => {
          for (const [i, { status, heldUntilMs }] of drawn.entries()) {
            const heldUntil = status === 'HELD' ? toSqlMoment(heldUntilMs) : null;
            await sql.change('UPDATE coupon SET status = ?, held_until = ? WHERE id = ?', [
              status,
              heldUntil,
              ids[i]!,
            ]);
          }
        });
        const coupons = await readCoupons(database, ids);
        const stats = (await readTemplateStats(
          database,
          { nowMs: () => nowMs },
          { id: own, issued: 0 },
        ))!;
        for (const status of COUPON_STATUSES) {
          const expected = coupons.filter((c) => statusAt(c, nowMs) === status).map(({ id }) => id);
          const page = await then.wallet(callerOf(user), user, [status], readPage(100, null));
          expect(new Set(page.nodes.map(({ id }) => id))).toEqual(new Set(expected));
          expect(await page.totalCount()).toBe(expected.length);
          const counted = stats[status.toLowerCase() as Lowercase<CouponStatus>];
          expect(counted).toBe(expected.length);
        }
        const [one, two] = ['USED', 'EXPIRED'] as const;
        const both = await then.wallet(callerOf(user), user, [one, two], readPage(100, null));
        expect(both.nodes.map((c) => statusAt(c, nowMs)).every((s) => s === one || s === two)).toBe(
          true,
        );
      }),
      { numRuns: 25 },
    );
  });

  it('filtered by no status at all is empty', async () => {
    const user = newUser();
    await seed(user);
    const page = await wallet(user, []);
    expect([page.nodes, await page.totalCount()]).toEqual([[], 0]);
  });

  it('of fifty coupons asked for at once is one statement, and one more for those that are not there', async () => {
    const user = newUser();
    const ids = await Promise.all(Array.from({ length: 50 }, () => seed(user)));
    let found: (Coupon | null)[] = [];
    const asked = [...ids, ids[0]!, newId(1), 'no id'];
    const statements = await statementsOf(async () => {
      found = await Promise.all(asked.map((id) => world.app.readCoupons.byId(callerOf(user), id)));
    });
    expect(statements.map((sql) => sql.includes('coupon_archive'))).toEqual([false, true]);
    expect(found.map((coupon) => coupon?.id ?? null)).toEqual([...ids, ids[0], null, null]);
  });

  it('answers the same for a coupon of somebody else and for none', async () => {
    const id = await seed(newUser());
    const { readCoupons: coupons } = world.app;
    const [row] = await world.stores.database.rows('SELECT code FROM coupon WHERE id = ?', [id]);
    const code = String(row!['code']);
    const eve = callerOf('eve', ['coupons:events', 'coupons:approve']);
    expect(await coupons.byId(eve, id)).toBeNull();
    expect(await coupons.byId(eve, newId(1))).toBeNull();
    expect(await coupons.byId(callerOf(null), id)).toBeNull();
    expect(await coupons.byCode(eve, code)).toBeNull();
    await expect(coupons.byCode(callerOf(null), code)).rejects.toThrow(NotAuthenticated);
    for (const caller of [operator, redeemer]) {
      expect(await coupons.byId(caller, id)).toMatchObject({ id });
      expect(await coupons.byCode(caller, code)).toMatchObject({ id });
    }
  });

  it('has a coupon by its code however it is typed, and no statement for what cannot be one', async () => {
    const user = newUser();
    const id = await seed(user);
    const [row] = await world.stores.database.rows('SELECT code FROM coupon WHERE id = ?', [id]);
    const code = String(row!['code']);
    const typed = ` ${code
      .toLowerCase()
      .replace(/(....)/g, '$1-')
      .replace(/0/g, 'o')}`;
    expect(await world.app.readCoupons.byCode(callerOf(user), typed)).toMatchObject({ id, code });
    const typo = code.slice(0, 15) + (code[15] === 'Z' ? 'Y' : 'Z');
    const statements = await statementsOf(async () => {
      expect(await world.app.readCoupons.byCode(callerOf(user), typo)).toBeNull();
      expect(await world.app.readCoupons.byCode(callerOf(user), "' OR 1=1 --")).toBeNull();
    });
    expect(statements).toEqual([]);
  });
});
