/** What a claim answers when MySQL's own answer is lost. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisKeys } from '../../src/storage/redis-keys.js';
import { connectDatabase } from '../../src/storage/connect-database.js';
import { startMysqlProxy, type MysqlProxy } from '../kit/mysql-proxy.js';
import { openStores, type Stores } from '../kit/stores.js';
import { activeTemplate, claim, openWorld, type World } from '../kit/world.js';

describe('a claim whose database answers late, twice or never', () => {
  let stores: Stores;
  let proxy: MysqlProxy;
  let world: World;
  let direct: World;
  beforeAll(async () => {
    stores = await openStores();
    proxy = await startMysqlProxy(stores.mysqlUrl);
    direct = await openWorld(stores);
    world = await openWorld({ ...stores, database: await connectDatabase(proxy.url) });
  });
  afterAll(async () => {
    await world.stores.database.close();
    await proxy.close();
    await stores.close();
  });

  const countOf = async (templateId: string) => {
    const rows = await stores.database.rows(
      'SELECT COUNT(*) AS n FROM coupon WHERE template_id = ?',
      [templateId],
    );
    return Number(rows[0]!['n']);
  };

  it('finds out that a commit whose answer was lost had been done', async () => {
    const { id } = await activeTemplate(direct, { totalCount: 5 });
    proxy.loseCommitAnswers(1);
    expect(await claim(world, id, 'anna')).toMatchObject({ code: 'CLAIMED', replayed: false });
    expect(await countOf(id)).toBe(1);
    const events = await stores.database.rows(
      "SELECT id FROM outbox WHERE type = 'coupon.claimed' AND subject_id = ?",
      [id],
    );
    expect(events).toHaveLength(1);
    expect((await direct.verify()).violations).toEqual([]);
  });

  it('says OUTCOME_UNKNOWN while it cannot find out, and the same key tells later', async () => {
    const { id } = await activeTemplate(direct, { totalCount: 5 });
    await claim(world, id, 'warm');
    proxy.loseCommitAnswers(99);
    expect(await claim(world, id, 'bert', 'unknown')).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    proxy.loseCommitAnswers(0);
    expect(await claim(world, id, 'bert', 'unknown')).toMatchObject({
      code: 'CLAIMED',
      replayed: true,
    });
    await direct.app.settleJournals.run(0);
    expect(await stores.redis.client.xlen(redisKeys.journal(id))).toBe(0);
    expect(await countOf(id)).toBe(2);
    expect((await direct.verify()).violations).toEqual([]);
  });

  it('says UNAVAILABLE when nothing was done, and gives the stock back', async () => {
    const { id } = await activeTemplate(direct, { totalCount: 1 });
    await world.app.catalog.byId(id);
    proxy.setDown(true);
    expect(await claim(world, id, 'carl', 'down')).toMatchObject({ code: 'UNAVAILABLE' });
    proxy.setDown(false);
    expect(await countOf(id)).toBe(0);
    expect(await claim(direct, id, 'dora')).toMatchObject({ code: 'CLAIMED' });
    expect((await direct.verify()).violations).toEqual([]);
  });
});
