/** A Redis that lost, rewound or damaged anything is noticed, closed and built anew before it is believed. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lookAtGate } from '../../src/claim/look-at-gate.js';
import { ReserveClaims } from '../../src/claim/reserve-claims.js';
import { RedisStore } from '../../src/storage/redis.js';
import { redisKeys } from '../../src/storage/redis-keys.js';
import { loadScript } from '../../src/storage/redis-script.js';
import { reconcileGates } from '../../src/upkeep/reconcile-gates.js';
import { openStores, type Stores } from '../kit/stores.js';
import { draftOf } from '../kit/draft.js';
import { activeTemplate, claim, openWorld, type World } from '../kit/world.js';

describe('a Redis that is not what it was', () => {
  let stores: Stores;
  let world: World;
  beforeAll(async () => {
    stores = await openStores();
  });
  beforeEach(async () => {
    await stores.redis.client.flushdb();
    world = await openWorld(stores);
  });
  afterAll(() => stores.close());

  const claimMany = (id: string, count: number, prefix: string) =>
    Promise.all(Array.from({ length: count }, (_, i) => claim(world, id, `${prefix}-${i}`)));
  const issuedOf = async (id: string) => (await world.app.catalog.fresh(id))!.issued;
  const reconcile = () => reconcileGates(stores.database, stores.redis, world.app.rebuild);

  it('is not asked anything about a template whose reservations it has forgotten, within one life too', async () => {
    const template = await activeTemplate(world, { totalCount: 30 });
    const { client } = stores.redis;
    await claimMany(template.id, 5, 'early');
    const keys = [redisKeys.gate(template.id), redisKeys.takers(template.id)];
    const old = await Promise.all(keys.map((key) => client.dumpBuffer(key)));
    await claimMany(template.id, 10, 'late');
    await Promise.all(keys.map((key, i) => client.restore(key, 0, old[i]!, 'REPLACE')));
    const known = (await world.app.catalog.fresh(template.id))!;
    const reserver = new ReserveClaims(stores.redis);
    const draft = draftOf(template, 'x', world.clock.nowMs());
    expect(await reserver.reserve(draft, known)).toEqual({ kind: 'REBUILD' });
    const answers = await claimMany(template.id, 40, 'more');
    expect(answers.filter(({ code }) => code === 'CLAIMED')).toHaveLength(15);
    expect((await world.verify()).violations).toEqual([]);
  });

  it('is not believed by who knows of a newer epoch, although it says sold out', async () => {
    const template = await activeTemplate(world, { totalCount: 1 });
    await claim(world, template.id, 'last');
    const known = (await world.app.catalog.fresh(template.id))!;
    const reserver = new ReserveClaims(stores.redis);
    const draft = draftOf(template, 'x', world.clock.nowMs());
    expect(await reserver.look(draft, known)).toEqual({ kind: 'SOLD_OUT' });
    const newer = { ...known, epoch: known.epoch + 1 };
    expect(await reserver.look(draft, newer)).toEqual({ kind: 'REBUILD' });
  });

  /** @returns the gate after claims that met another value of the field in it */
  const rebuiltFrom = async (field: 'run' | 'history') => {
    const template = await activeTemplate(world);
    await claimMany(template.id, 3, 'before');
    await stores.redis.client.hset(redisKeys.gate(template.id), field, 'another');
    expect((await lookAtGate(stores.redis, template.id))!.isOfThisLife).toBe(false);
    await claimMany(template.id, 3, 'after');
    const gate = (await lookAtGate(stores.redis, template.id))!;
    return { ...gate, isNewer: gate.epoch > template.epoch };
  };
  const rebuilt = { isOfThisLife: true, stock: 94, isNewer: true };

  it('that was restarted is not believed, although it has everything', async () => {
    expect(await rebuiltFrom('run')).toMatchObject(rebuilt);
  });

  it('that was filled from another server is not believed, although it has everything', async () => {
    expect(await rebuiltFrom('history')).toMatchObject(rebuilt);
  });

  it('has gates that the version before believes too: both run side by side in a deployment', async () => {
    const template = await activeTemplate(world);
    await claimMany(template.id, 1, 'any');
    const { client } = stores.redis;
    const run = /run_id:(\w+)/.exec(await client.info('server'))?.[1];
    expect(await client.hget(redisKeys.gate(template.id), 'run')).toBe(run);
  });

  it.each(['gate', 'takers', 'draws'] as const)(
    'with a %s of another type is built anew, and claims go on',
    async (part) => {
      const template = await activeTemplate(world, { totalCount: 3 });
      await claim(world, template.id, 'kim');
      await stores.redis.client.unlink(redisKeys[part](template.id));
      await stores.redis.client.set(redisKeys[part](template.id), 'a string');
      const answers = await claimMany(template.id, 5, 'after');
      expect(answers.filter(({ code }) => code === 'CLAIMED')).toHaveLength(2);
      expect(await issuedOf(template.id)).toBe(3);
    },
  );

  it('that lost who has what turns nobody away who had a coupon with the same key', async () => {
    const template = await activeTemplate(world, { totalCount: 2 });
    const first = await claim(world, template.id, 'kim', 'kept');
    await claim(world, template.id, 'lea');
    const takers = redisKeys.takers(template.id);
    await stores.redis.client.unlink(takers);
    const [again, late] = await Promise.all([
      claim(world, template.id, 'kim', 'kept'),
      claim(world, template.id, 'max'),
    ]);
    expect(again).toMatchObject({ couponId: first.couponId, replayed: true });
    expect(late).toMatchObject({ code: 'SOLD_OUT' });
    // Also where somebody began a new one meanwhile.
    await stores.redis.client.unlink(takers);
    await stores.redis.client.hset(takers, 'max', '');
    expect(await claim(world, template.id, 'kim', 'kept')).toMatchObject({ replayed: true });
    expect((await world.verify()).violations).toEqual([]);
  });

  it('that lost the draws that came back draws none that does not exist', async () => {
    const yuan = (amount: string) => ({ amount, currency: 'CNY' });
    const template = await activeTemplate(world, {
      type: 'RED_PACKET',
      tiers: null,
      redPacket: { min: yuan('1'), max: yuan('9'), budget: yuan('15') },
      totalCount: 3,
    });
    await claim(world, template.id, 'first');
    // Draws 2 and 3 had been taken and came back; then their list was lost.
    await stores.redis.client.hset(redisKeys.gate(template.id), 'draw', '3');
    const answers = await claimMany(template.id, 5, 'after');
    expect(answers.filter(({ code }) => code === 'CLAIMED')).toHaveLength(2);
    const [sum] = await stores.database.rows(
      'SELECT SUM(face_value_minor) AS n FROM coupon WHERE template_id = ?',
      [template.id],
    );
    expect(Number(sum!['n'])).toBe(1_500);
    expect((await world.verify()).violations).toEqual([]);
  });

  it('with less stock than there is gets it back, so that nothing is stranded', async () => {
    const template = await activeTemplate(world, { totalCount: 10 });
    await claimMany(template.id, 4, 'first');
    await stores.redis.client.hset(redisKeys.gate(template.id), 'stock', '1');
    expect((await world.verify()).violations).toHaveLength(1);
    expect(await reconcile()).toMatchObject([{ templateId: template.id, isRepaired: true }]);
    const answers = await claimMany(template.id, 20, 'rest');
    expect(answers.filter(({ code }) => code === 'CLAIMED')).toHaveLength(6);
    expect(await reconcile()).toEqual([]);
  });

  it('with a newer gate than a rebuild had in mind keeps it', async () => {
    const template = await activeTemplate(world, { totalCount: 10 });
    await claimMany(template.id, 4, 'first');
    const gate = await lookAtGate(stores.redis, template.id);
    const { id } = template;
    const keys = [
      redisKeys.gate(id),
      redisKeys.takers(id),
      redisKeys.takersBeingBuilt(id, 1),
      redisKeys.draws(id),
      redisKeys.drawsBeingBuilt(id, 1),
      redisKeys.journal(id),
    ];
    const info = await stores.redis.client.info('server');
    const life = /run_id:(\w+)/.exec(info)![1]!;
    const openGate = loadScript(import.meta.url, '../../src/claim/lua/open-gate-6.lua');
    const older = [gate!.epoch - 1, 0, 10, 1, '', 0, 0, life];
    expect(await stores.redis.run(openGate, keys, older)).toBe('NEWER');
    expect(await lookAtGate(stores.redis, id)).toEqual(gate);
  });

  it('that is ahead of MySQL closes the template, because MySQL was set back', async () => {
    const template = await activeTemplate(world, { totalCount: 10 });
    await claimMany(template.id, 4, 'lost');
    const { database } = stores;
    const { epoch } = (await world.app.catalog.fresh(template.id))!;
    await stores.redis.client.hset(redisKeys.gate(template.id), 'epoch', epoch + 2);
    // However often it is tried: MySQL must not overtake Redis by that.
    for (let tries = 0; tries < 4; tries += 1) {
      const refused = await claim(world, template.id, `nina-${tries}`);
      expect(refused).toMatchObject({ code: 'UNAVAILABLE' });
      expect(await reconcile()).toMatchObject([{ templateId: template.id, isRepaired: false }]);
    }
    expect((await world.verify()).violations.join()).toMatch(/was a backup restored/);
    expect(await issuedOf(template.id)).toBe(4);
    // An operator has looked, and lets MySQL be the truth again.
    await stores.redis.client.unlink(redisKeys.gate(template.id));
    expect(await claim(world, template.id, 'nina')).toMatchObject({ code: 'CLAIMED' });
    expect((await database.rows('SELECT 1')).length).toBe(1);
  });
});

describe('claims under overload', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  it('that would only be refused are told why; that would take stock are sent away with a time', async () => {
    let isOverloaded = false;
    const busy = await openWorld(world.stores, { isOverloaded: () => isOverloaded });
    const [sold, open] = [
      await activeTemplate(busy, { totalCount: 1 }),
      await activeTemplate(busy, { totalCount: 5 }),
    ];
    const first = await claim(busy, sold.id, 'olaf', 'kept');
    await claim(busy, open.id, 'pia');
    isOverloaded = true;
    expect(await claim(busy, sold.id, 'ruth')).toMatchObject({ code: 'SOLD_OUT' });
    expect(await claim(busy, open.id, 'pia')).toMatchObject({ code: 'USER_LIMIT_REACHED' });
    expect(await claim(busy, sold.id, 'olaf', 'kept')).toMatchObject({
      couponId: first.couponId,
      replayed: true,
    });
    expect(await claim(busy, open.id, 'sina')).toMatchObject({ code: 'OVERLOADED' });
    expect((await lookAtGate(world.stores.redis, open.id))!.stock).toBe(4);
    isOverloaded = false;
    expect(await claim(busy, open.id, 'sina')).toMatchObject({ code: 'CLAIMED' });
  });
});

describe('a token of another life of Redis', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  /** A reservation of a process that is slow, and a Redis that was restarted since, with everything in it. */
  const reserveAndRestart = async () => {
    const template = await activeTemplate(world, { totalCount: 1 });
    const { redis } = world.stores;
    const draft = draftOf(template, 'slow', world.clock.nowMs());
    const reserver = new ReserveClaims(redis);
    const reply = await reserver.reserve(draft, template);
    await redis.client.hset(redisKeys.gate(template.id), 'run', 'another-life');
    const reservation = { draft, faceValueMinor: null, mayExist: false, ...reply } as never;
    return { template, reserver, reservation };
  };

  it('gives nothing back: somebody may have taken the reservation over before the restart', async () => {
    const { template, reserver, reservation } = await reserveAndRestart();
    expect(await reserver.release(template.id, [reservation])).toEqual([false]);
  });

  it('is not taken over: what was given back before the restart may be there again', async () => {
    const { template } = await reserveAndRestart();
    expect(await world.app.settleJournals.run(0)).toBe(0);
    expect((await world.app.catalog.fresh(template.id))!.issued).toBe(0);
    expect(await world.stores.redis.client.xlen(redisKeys.journal(template.id))).toBe(0);
    expect(await claim(world, template.id, 'quick')).toMatchObject({ code: 'CLAIMED' });
    expect((await world.verify()).violations).toEqual([]);
  });

  it('does not open a view that was begun before the restart', async () => {
    const template = await activeTemplate(world, { totalCount: 5 });
    await claim(world, template.id, 'tom');
    const restarting = new RestartsOnce(world.stores.redis.client);
    const other = await openWorld({ ...world.stores, redis: restarting });
    const { epoch } = (await world.app.catalog.fresh(template.id))!;
    await other.app.rebuild.run(template.id);
    // The first view was lost with its life, the second was opened.
    expect((await world.app.catalog.fresh(template.id))!.epoch).toBe(epoch + 2);
    expect((await world.verify()).violations).toEqual([]);
  });
});

/** The first gate is opened by a server that is in another life than when the building began. */
class RestartsOnce extends RedisStore {
  private hasRestarted = false;

  override async run(...[script, keys, args]: Parameters<RedisStore['run']>): Promise<unknown> {
    const isFirstOpening = script.keyCount === 6 && !this.hasRestarted;
    if (!isFirstOpening) return super.run(script, keys, args);
    this.hasRestarted = true;
    return super.run(script, keys, [...args.slice(0, -1), 'an-earlier-life']);
  }
}
