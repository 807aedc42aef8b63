/** What happens to claims when Redis forgets, lies or is gone, and when a process dies in between. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { claimDirectly } from '../../src/claim/claim-directly.js';
import { ReserveClaims } from '../../src/claim/reserve-claims.js';
import { connectRedis, RedisStore, RedisUnavailable } from '../../src/storage/redis.js';
import { redisKeys } from '../../src/storage/redis-keys.js';
import { activeTemplate, claim, openWorld, operator, type World } from '../kit/world.js';
import { connectDatabase } from '../../src/storage/connect-database.js';
import { startMysqlProxy } from '../kit/mysql-proxy.js';
import { draftOf } from '../kit/draft.js';
import { openStores, type Stores } from '../kit/stores.js';

describe('claims while Redis fails', () => {
  let stores: Stores;
  let world: World;
  beforeAll(async () => {
    stores = await openStores();
  });
  beforeEach(async () => {
    world = await openWorld(stores);
  });
  afterAll(() => stores.close());

  const issued = async (templateId: string) => {
    const rows = await stores.database.rows('SELECT issued FROM template WHERE id = ?', [
      templateId,
    ]);
    return Number(rows[0]!['issued']);
  };
  const claimMany = (w: World, templateId: string, count: number, prefix: string) =>
    Promise.all(Array.from({ length: count }, (_, i) => claim(w, templateId, `${prefix}-${i}`)));
  const claimed = (answers: readonly { code: string }[]) =>
    answers.filter(({ code }) => code === 'CLAIMED').length;

  it('rebuilds an emptied Redis from MySQL and issues exactly the total', async () => {
    const { id } = await activeTemplate(world, { totalCount: 60 });
    const before = await claimMany(world, id, 25, 'before');
    await stores.redis.client.flushdb();
    const after = await claimMany(world, id, 80, 'after');
    expect(claimed(before) + claimed(after)).toBe(60);
    expect(await issued(id)).toBe(60);
    expect((await world.verify()).violations).toEqual([]);
  });

  it('rebuilds while claims are on their way, without one too many or one lost', async () => {
    const { id } = await activeTemplate(world, { totalCount: 300 });
    const waves = async () => {
      const answers = [];
      for (let i = 0; i < 30; i += 1)
        answers.push(...(await claimMany(world, id, 15, `wave-${i}`)));
      return answers;
    };
    const over = new AbortController();
    const flushes = async () => {
      for (let i = 0; !over.signal.aborted; i += 1) {
        await new Promise((resolve) => setTimeout(resolve, 1 + (i % 9)));
        await stores.redis.client.flushdb();
      }
    };
    const flushing = flushes();
    const answers = await waves();
    over.abort();
    await flushing;
    const rest = await claimMany(world, id, 400, 'rest');
    expect(claimed(answers) + claimed(rest)).toBe(300);
    expect(await issued(id)).toBe(300);
    expect((await world.verify()).violations).toEqual([]);
  });

  it('is not fooled by a Redis that came back from the past', async () => {
    const { id } = await activeTemplate(world, { totalCount: 30, perUserLimit: 1 });
    const { client } = stores.redis;
    await claimMany(world, id, 10, 'early');
    const keys = [redisKeys.gate(id), redisKeys.takers(id)];
    const old = await Promise.all(keys.map((key) => client.dumpBuffer(key)));
    await claimMany(world, id, 15, 'late');
    await Promise.all(keys.map((key, i) => client.restore(key, 0, old[i]!, 'REPLACE')));
    expect(await claim(world, id, 'late-3')).toMatchObject({ code: 'USER_LIMIT_REACHED' });
    const more = await claimMany(world, id, 50, 'more');
    expect(claimed(more)).toBe(5);
    expect(await issued(id)).toBe(30);
    expect((await world.verify()).violations).toEqual([]);
  });

  it('goes on over MySQL alone while Redis is gone, and is believed again only after a rebuild', async () => {
    const { id } = await activeTemplate(world, { totalCount: 40, perUserLimit: 2 });
    await claimMany(world, id, 10, 'with');
    const nowhere = connectRedis('redis://127.0.0.1:1/0');
    const alone = await openWorld({ ...stores, redis: nowhere });
    const without = await claimMany(alone, id, 15, 'without');
    expect(claimed(without)).toBe(15);
    const replay = await claim(alone, id, 'solo', 'same');
    expect(await claim(alone, id, 'solo', 'same')).toMatchObject({
      couponId: replay.couponId,
      replayed: true,
    });
    await claim(alone, id, 'solo');
    expect(await claim(alone, id, 'solo')).toMatchObject({ code: 'USER_LIMIT_REACHED' });
    nowhere.close();
    const back = await claimMany(world, id, 50, 'back');
    expect(claimed(back)).toBe(40 - 10 - 15 - 2);
    expect((await world.verify()).violations).toEqual([]);
  });

  it('mixes claims with and without Redis at the same time and still issues exactly the total', async () => {
    const { id } = await activeTemplate(world, { totalCount: 80 });
    const nowhere = connectRedis('redis://127.0.0.1:1/0');
    const alone = await openWorld({ ...stores, redis: nowhere });
    const answers = await Promise.all([
      claimMany(world, id, 60, 'mixed'),
      claimMany(alone, id, 60, 'mixed'),
    ]);
    nowhere.close();
    const rest = await claimMany(world, id, 80, 'mixed-rest');
    expect(claimed([...answers.flat(), ...rest])).toBe(80);
    expect(await issued(id)).toBe(80);
    expect((await world.verify()).violations).toEqual([]);
  });

  it('settles what a dead process left in the journal, once, whoever finds it', async () => {
    const template = await activeTemplate(world, { totalCount: 10 });
    const { id } = template;
    const reserver = new ReserveClaims(stores.redis);
    const draft = draftOf(template, 'ghost', world.clock.nowMs());
    expect(await reserver.reserve(draft, template)).toMatchObject({ kind: 'RESERVED' });
    const settled = await Promise.all([
      world.app.settleJournals.run(0),
      world.app.settleJournals.run(0),
    ]);
    expect(Math.max(...settled)).toBeGreaterThan(0);
    expect(await issued(id)).toBe(1);
    await world.app.settleJournals.run(0);
    expect(await stores.redis.client.xlen(redisKeys.journal(id))).toBe(0);
    expect((await world.verify()).violations).toEqual([]);
  });

  it('gives a red packet draw back that was refused in the end', async () => {
    const yuan = (amount: string) => ({ amount, currency: 'CNY' });
    const packet = { min: yuan('1'), max: yuan('9'), budget: yuan('15') };
    const { id } = await activeTemplate(world, {
      type: 'RED_PACKET',
      tiers: null,
      redPacket: packet,
      totalCount: 3,
    });
    const other = await activeTemplate(world);
    await claim(world, other.id, 'mona', 'taken-key');
    expect(await claim(world, id, 'mona', 'taken-key')).toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    });
    expect(claimed(await claimMany(world, id, 5, 'packet'))).toBe(3);
    expect((await world.verify()).violations).toEqual([]);
  });

  it('lets Redis forget a template long after its claims are over, and its keys still replay', async () => {
    const { id } = await activeTemplate(world, { totalCount: 10 });
    const first = await claim(world, id, 'nora', 'kept');
    world.clock.forward(2 * 86_400_000);
    await world.app.settleJournals.run(0);
    expect(await stores.redis.client.exists(redisKeys.gate(id), redisKeys.takers(id))).toBe(0);
    expect(await claim(world, id, 'nora', 'kept')).toMatchObject({ couponId: first.couponId });
    expect(await claim(world, id, 'otto')).toMatchObject({ code: 'CLAIM_CLOSED' });
  });

  it('replays what was claimed without Redis after claiming is over, although Redis never heard of it', async () => {
    const { id } = await activeTemplate(world, { totalCount: 10 });
    await claim(world, id, 'warm');
    const nowhere = connectRedis('redis://127.0.0.1:1/0');
    const alone = await openWorld({ ...stores, redis: nowhere });
    const first = await claim(alone, id, 'paula', 'unheard');
    nowhere.close();
    world.clock.forward(2 * 86_400_000);
    await world.app.catalog.fresh(id);
    expect(await claim(world, id, 'paula', 'unheard')).toMatchObject({ couponId: first.couponId });
  });

  it('does not open a view of which Redis lost a part while it was built', async () => {
    const { id } = await activeTemplate(world, { totalCount: 10 });
    await claimMany(world, id, 4, 'owner');
    const forgetful = new ForgetsOnce(stores.redis.client);
    const other = await openWorld({ ...stores, redis: forgetful });
    await other.app.rebuild.run(id);
    expect(forgetful.hasForgotten).toBe(true);
    // The fifth is the mark that it was built whole.
    expect(await stores.redis.client.hlen(redisKeys.takers(id))).toBe(5);
    expect((await world.verify()).violations).toEqual([]);
  });

  it('commits nothing of a lost reservation whose claim was refused without Redis', async () => {
    const { id } = await activeTemplate(world, { totalCount: 1 });
    const nowhere = connectRedis('redis://127.0.0.1:1/0');
    const alone = await openWorld({ ...stores, redis: nowhere });
    expect(await claim(alone, id, 'quick')).toMatchObject({ code: 'CLAIMED' });
    nowhere.close();
    const deaf = await openWorld({ ...stores, redis: new LosesReplies(stores.redis.client) });
    expect(await claim(deaf, id, 'slow')).toMatchObject({ code: 'SOLD_OUT' });
    await world.app.settleJournals.run(0);
    expect(await issued(id)).toBe(1);
    expect(claimed(await claimMany(world, id, 3, 'late'))).toBe(0);
    expect((await world.verify()).violations).toEqual([]);
  });

  it('commits nothing of a reservation whose claim was told without Redis that it is closed', async () => {
    const template = await activeTemplate(world, { totalCount: 5 });
    await claim(world, template.id, 'warm');
    const draft = draftOf(template, 'late', world.clock.nowMs());
    expect(await new ReserveClaims(stores.redis).reserve(draft, template)).toMatchObject({
      kind: 'RESERVED',
    });
    const step = { id: template.id, expectedVersion: template.version, reason: 'recalled' };
    expect(await world.app.moveTemplate.run(operator, 'STOP', step)).toMatchObject({ ok: true });
    expect(await claimDirectly(stores.database, template, draft)).toMatchObject({
      rejection: { code: 'CLAIM_CLOSED' },
    });
    await world.app.settleJournals.run(0);
    expect(await issued(template.id)).toBe(1);
  });

  it('gives the last coupons over MySQL alone to exactly as many, however many ask at once', async () => {
    const { id } = await activeTemplate(world, { totalCount: 5 });
    const nowhere = connectRedis('redis://127.0.0.1:1/0');
    const alone = await openWorld({ ...stores, redis: nowhere });
    await alone.app.catalog.byId(id);
    const answers = await claimMany(alone, id, 40, 'crowd');
    nowhere.close();
    expect(await issued(id)).toBe(5);
    expect(claimed(answers)).toBe(5);
  });

  it('says OUTCOME_UNKNOWN when Redis took a claim, its reply was lost, and MySQL is gone too', async () => {
    const { id } = await activeTemplate(world, { totalCount: 1 });
    const proxy = await startMysqlProxy(stores.mysqlUrl);
    const database = await connectDatabase(proxy.url);
    const deaf = await openWorld({
      ...stores,
      database,
      redis: new LosesReplies(stores.redis.client),
    });
    await deaf.app.catalog.byId(id);
    proxy.setDown(true);
    expect(await claim(deaf, id, 'rosa', 'doubt')).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    await database.close();
    await proxy.close();
    await world.app.settleJournals.run(0);
    expect(await claim(world, id, 'rosa', 'doubt')).toMatchObject({
      code: 'CLAIMED',
      replayed: true,
    });
    expect(await issued(id)).toBe(1);
  });
});

/** Every script is run, and its reply is lost. */
class LosesReplies extends RedisStore {
  override async run(...call: Parameters<RedisStore['run']>): Promise<unknown> {
    await super.run(...call);
    throw new RedisUnavailable('the reply was lost', true);
  }
}

/** Loses everything just before a gate is opened for the first time. */
class ForgetsOnce extends RedisStore {
  hasForgotten = false;

  override async run(...call: Parameters<RedisStore['run']>): Promise<unknown> {
    const opensGate = call[0].keyCount === 6;
    if (opensGate && !this.hasForgotten) {
      this.hasForgotten = true;
      await this.client.flushdb();
    }
    return super.run(...call);
  }
}
