/** A grant whose worker is killed, while Redis is emptied: everybody has exactly one coupon in the end. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countGiven, runWithKills } from '../../bench/grants/kill-workers.js';
import { openStores, type Stores } from '../kit/stores.js';
import { activeTemplate, openWorld, type World } from '../kit/world.js';
import { expectEveryoneOnce, grantOf, startGrant, usersOf } from './kit.js';

const USERS = 2_000;

describe('a grant', () => {
  let stores: Stores;
  let world: World;
  beforeAll(async () => {
    stores = await openStores();
    world = await openWorld(stores);
  });
  afterAll(async () => {
    await world.close();
    await stores.close();
  });

  it('gives everybody exactly one coupon, though its worker is killed and Redis emptied', async () => {
    const { id: templateId } = await activeTemplate(world, { totalCount: USERS });
    const grant = await startGrant(world, templateId, usersOf(USERS));
    const env = { MYSQL_URL: stores.mysqlUrl, REDIS_URL: stores.redisUrl };
    const { killedAt } = await runWithKills(stores.database, grant.id, 1, env, async () => {
      await stores.redis.client.flushdb();
      // As if ten seconds had passed: the lease of the dead.
      await stores.database.transaction((sql) =>
        sql.change("UPDATE job SET leased_until = UTC_TIMESTAMP(3) WHERE name = 'run-grants'"),
      );
    });
    expect(killedAt).toHaveLength(1);
    expect(killedAt[0]).toBeLessThan(USERS);
    expect(await countGiven(stores.database, grant.id)).toEqual({ coupons: USERS, users: USERS });
    expect(await grantOf(world, grant.id)).toMatchObject({ status: 'DONE', granted: USERS });
    await expectEveryoneOnce(world, grant);
    expect((await world.verify()).violations).toEqual([]);
  }, 120_000);
});
