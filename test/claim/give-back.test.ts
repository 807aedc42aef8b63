/** Giving a reservation back: by the one who has it in hand, once, and said only where it is certain. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reservation } from '../../src/claim/claim.types.js';
import { Journal } from '../../src/claim/journal.js';
import { lookAtGate } from '../../src/claim/look-at-gate.js';
import { ReserveClaims } from '../../src/claim/reserve-claims.js';
import { DatabaseUnavailable } from '../../src/storage/database-errors.js';
import type { Database } from '../../src/storage/database.js';
import { redisKeys } from '../../src/storage/redis-keys.js';
import { RedisStore, RedisUnavailable } from '../../src/storage/redis.js';
import type { Template } from '../../src/template/template.types.js';
import { draftOf } from '../kit/draft.js';
import { activeTemplate, claim, openWorld, type World } from '../kit/world.js';

describe('the giving back', () => {
  let world: World;
  let journal: Journal;
  beforeAll(async () => {
    world = await openWorld();
    journal = new Journal(world.stores.redis, new ReserveClaims(world.stores.redis));
  });
  afterAll(() => world.close());

  const reserve = async (template: Template, userId: string): Promise<Reservation> => {
    const draft = draftOf(template, userId, world.clock.nowMs());
    const reply = await new ReserveClaims(world.stores.redis).reserve(draft, template);
    if (reply.kind !== 'RESERVED') throw new Error(reply.kind);
    return { draft, ...reply, faceValueMinor: null, mayExist: false };
  };
  /** A template that Redis knows, so that a reservation needs no rebuild. */
  const warmTemplate = async (): Promise<Template> => {
    const { id } = await activeTemplate(world, { totalCount: 3, perUserLimit: 1 });
    await claim(world, id, 'warm');
    return (await world.app.catalog.fresh(id))!;
  };
  const stockOf = async (id: string) => (await lookAtGate(world.stores.redis, id))!.stock;
  /** The world of a process whose transactions do not begin. */
  const without = (redis: RedisStore) => {
    const database = Object.create(world.stores.database) as Database;
    const gone = () => Promise.reject(new DatabaseUnavailable('gone'));
    Object.assign(database, { transaction: gone, transactTogether: gone });
    return openWorld({ ...world.stores, database, redis });
  };

  it('of one reservation happens once, with its stock and the slot of its user', async () => {
    const template = await warmTemplate();
    const reservation = await reserve(template, 'ada');
    expect(await stockOf(template.id)).toBe(1);
    expect(await journal.giveBack(reservation)).toBe(true);
    expect(await journal.giveBack(reservation)).toBe(false);
    expect(await stockOf(template.id)).toBe(2);
    expect(await claim(world, template.id, 'ada')).toMatchObject({ code: 'CLAIMED' });
    expect((await world.verify()).violations).toEqual([]);
  });

  it('of a reservation that was taken over is refused, because somebody else will commit it', async () => {
    const template = await warmTemplate();
    const reservation = await reserve(template, 'bea');
    const settler = await without(world.stores.redis);
    expect(await settler.app.settleJournals.run(0)).toBeGreaterThan(0);
    expect(await journal.giveBack(reservation)).toBe(false);
    expect(await stockOf(template.id)).toBe(1);
    await world.app.settleJournals.run(0);
    expect(await world.stores.redis.client.xlen(redisKeys.journal(template.id))).toBe(0);
    expect((await world.verify()).violations).toEqual([]);
  });

  it('that nobody can confirm leaves the outcome unknown, and the same key tells it later', async () => {
    const { id } = await warmTemplate();
    const deaf = await without(new LosesReleases(world.stores.redis.client));
    expect(await claim(deaf, id, 'cleo', 'doubt')).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    await world.app.settleJournals.run(0);
    expect(await claim(world, id, 'cleo', 'doubt')).toMatchObject({
      code: 'CLAIMED',
      replayed: true,
    });
    expect((await world.verify()).violations).toEqual([]);
  });
});

/** Never asks to give anything back: the link is gone by then. */
class LosesReleases extends RedisStore {
  override async run(...call: Parameters<RedisStore['run']>): Promise<unknown> {
    const isRelease = call[0].lua.includes('-- Gives reservations back');
    if (isRelease) throw new RedisUnavailable('the link is gone', true);
    return super.run(...call);
  }
}
