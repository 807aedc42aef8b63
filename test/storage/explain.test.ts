/** Every statement that writes, or locks to write, finds its rows by a unique key. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCoupons } from '../../src/coupon/coupon.store.js';
import type { CouponStatus } from '../../src/coupon/coupon.types.js';
import { readPage, toConnection } from '../../src/graph/paging.js';
import { connectRedis } from '../../src/storage/redis.js';
import type { SqlParameter } from '../../src/storage/database.js';
import { expirePage } from '../../src/upkeep/expire-coupons.js';
import { expireTemplates } from '../../src/upkeep/expire-templates.js';
import { seedCoupons, seedTemplate } from '../kit/seed.js';
import { openStores, type Stores } from '../kit/stores.js';
import {
  activeTemplate,
  callerOf,
  claim,
  openWorld,
  operator,
  rulesInput,
  type World,
} from '../kit/world.js';

/** Kinds of access that go straight to rows by a unique key or primary key. */
const BY_UNIQUE_KEY = new Set(['const', 'eq_ref', 'system', 'range']);

describe('the statements of the write path', () => {
  let stores: Stores;
  let world: World;
  const seen = new Map<string, readonly SqlParameter[]>();
  let uniqueKeys: Set<string>;

  beforeAll(async () => {
    stores = await openStores();
    world = await openWorld(stores);
    stores.database.observe((sql, values) => seen.set(sql, values));
    await everyWrite();
    uniqueKeys = new Set(
      (
        await stores.database.rows(
          `SELECT DISTINCT table_name AS t, index_name AS k FROM information_schema.statistics
           WHERE table_schema = DATABASE() AND non_unique = 0`,
        )
      ).map((row) => `${row['t']}.${row['k']}`),
    );
  });
  afterAll(() => stores.close());

  /** Goes once through everything outside redemptions that writes; those have their own twin of this test. */
  async function everyWrite(): Promise<void> {
    const { id, version, rules } = await activeTemplate(world, { totalCount: 50, perUserLimit: 3 });
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => claim(world, id, `user-${i}`, `k-${i}`)),
    );
    const nowhere = connectRedis('redis://127.0.0.1:1/0');
    const alone = await openWorld({ ...stores, redis: nowhere });
    await claim(alone, id, 'user-1');
    nowhere.close();
    await world.app.saveTemplate.update(operator, id, version, {
      ...rulesInput(world.clock.nowMs(), { perUserLimit: 3, totalCount: 60 }),
      claimFrom: rules.claimFromMs,
      claimUntil: rules.claimUntilMs,
    });
    await world.app.rebuild.run(id);
    world.clock.forward(30 * 86_400_000);
    await expirePage(stores.database, world.clock.nowMs());
    await expireTemplates(stores.database, world.clock);
  }

  const writes = () => [...seen].filter(([sql]) => /^\s*UPDATE|^\s*DELETE|FOR UPDATE/.test(sql));

  it('are more than a few', () => {
    expect(writes().length).toBeGreaterThanOrEqual(6);
  });

  it('each use a unique key of their table', async () => {
    for (const [sql, values] of writes()) {
      // Asked alone there was no statement before, and nothing to find.
      const alone = sql.replace('ROW_COUNT() = ?', '? > 0');
      const plan = await stores.database.rows(`EXPLAIN ${alone}`, values);
      for (const row of plan) {
        const table = /(?:^\s*UPDATE|FROM)\s+(\w+)/.exec(sql)![1]!;
        expect(BY_UNIQUE_KEY, `${sql}\n${JSON.stringify(row)}`).toContain(row['type']);
        expect(uniqueKeys, sql).toContain(`${table}.${String(row['key'])}`);
      }
    }
  });

  it('insert into tables whose keys are unique guards', () => {
    const inserted = new Set(
      [...seen.keys()].flatMap((sql) => /^\s*INSERT INTO (\w+)/.exec(sql)?.[1] ?? []),
    );
    for (const table of inserted) expect(uniqueKeys).toContain(`${table}.PRIMARY`);
    for (const key of ['uk_coupon_slot', 'uk_coupon_claim', 'uk_coupon_code', 'uk_coupon_draw']) {
      expect(uniqueKeys).toContain(`coupon.${key}`);
    }
  });
});

describe('the statements that read coupons', () => {
  let stores: Stores;
  let world: World;
  beforeAll(async () => {
    stores = await openStores();
    world = await openWorld(stores);
    const { id: templateId } = await seedTemplate(stores.database);
    const expiresAtMs = Date.now() + 86_400_000;
    // So many of others that reading all of them could not be the cheapest.
    await seedCoupons(
      stores.database,
      Array.from({ length: 3_000 }, (_, i) => ({
        templateId,
        userId: `other-${i % 600}`,
        expiresAtMs,
      })),
    );
    await seedCoupons(
      stores.database,
      Array.from({ length: 60 }, () => ({ templateId, userId: 'anna', expiresAtMs })),
    );
    await stores.database.rows('ANALYZE TABLE coupon, coupon_archive');
  });
  afterAll(() => stores.close());

  const explain = async (work: () => Promise<unknown>) => {
    const seen: [string, readonly SqlParameter[]][] = [];
    const stop = stores.database.observe((sql, values) => seen.push([sql, values]));
    await work();
    stop();
    const plans = seen.map(([sql, values]) => stores.database.rows(`EXPLAIN ${sql}`, values));
    return (await Promise.all(plans))
      .flat()
      .filter(({ table }) => String(table).startsWith('coupon'));
  };
  const page = (status: readonly CouponStatus[] | null, after: string | null) =>
    world.app.readCoupons.wallet(callerOf('anna'), 'anna', status, readPage(20, after));

  it.each<[string, readonly CouponStatus[] | null]>([
    ['of all that it ever had', null],
    ['of what is usable', ['UNUSED']],
  ])(
    'find a page of a wallet, the first and a later one, by its owner and place: %s',
    async (_of, status) => {
      const first = toConnection(await page(status, null), (coupon) => coupon);
      const after = first.pageInfo.endCursor;
      for (const cursor of [null, after]) {
        const rows = await explain(() => page(status, cursor));
        expect(rows.length).toBeGreaterThan(0);
        for (const row of rows) {
          expect(['ix_coupon_wallet', 'ix_archive_wallet'], JSON.stringify(row)).toContain(
            row['key'],
          );
          expect(['ref', 'range']).toContain(row['type']);
          expect(String(row['Extra'])).not.toMatch(/filesort|temporary/);
        }
      }
    },
  );

  it('find a hundred coupons by their keys, in one statement', async () => {
    const rows = await stores.database.rows('SELECT id FROM coupon LIMIT 100');
    const found = await explain(() =>
      readCoupons(
        stores.database,
        rows.map(({ id }) => String(id)),
      ),
    );
    expect(found).toMatchObject([{ type: 'range', key: 'PRIMARY' }]);
  });
});
