/** A template whose stock is split over several gates keeps every promise of one that is not. */
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Journal } from '../../src/claim/journal.js';
import { lookAtGates } from '../../src/claim/look-at-gate.js';
import { RefillPart } from '../../src/claim/refill-part.js';
import { ReserveClaims } from '../../src/claim/reserve-claims.js';
import { gateTagOf, gateTagsOf } from '../../src/claim/rules/gate-tag.js';
import { RedisStore, RedisUnavailable } from '../../src/storage/redis.js';
import { redisKeys } from '../../src/storage/redis-keys.js';
import type { RulesInput } from '../../src/template/rules/rules-input.js';
import type { Template } from '../../src/template/template.types.js';
import { reconcileGates } from '../../src/upkeep/reconcile-gates.js';
import { warmTemplates } from '../../src/upkeep/warm-templates.js';
import { draftOf } from '../kit/draft.js';
import { openStores, type Stores } from '../kit/stores.js';
import {
  activeTemplate,
  claim,
  openWorld,
  operator,
  rulesInput,
  type World,
} from '../kit/world.js';

type Answer = Awaited<ReturnType<typeof claim>>;

describe('a template whose stock is split', () => {
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

  const split = (totalCount: number | null, subStocks = 4, more = {}) =>
    activeTemplate(world, { totalCount, subStocks, ...more });
  const claimAs = (users: readonly string[], id: string, from = world) =>
    Promise.all(users.map((user) => claim(from, id, user)));
  const names = (count: number, prefix = 'user') =>
    Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
  const wins = (answers: readonly Answer[]) =>
    answers.filter(({ code }) => code === 'CLAIMED').length;
  const issuedOf = async (id: string) => (await world.app.catalog.fresh(id))!.issued;
  const reconcile = () => reconcileGates(stores.database, stores.redis, world.app.rebuild);
  const stocksOf = async (template: Template) =>
    (await lookAtGates(stores.redis, gateTagsOf(template))).map((gate) => gate?.stock);
  /** Users of one part alone. */
  const usersOf = (template: Template, part: number, count: number) =>
    names(count * 40, `p${part}`)
      .filter((user) => gateTagOf(template, user) === gateTagsOf(template)[part])
      .slice(0, count);
  const gateOf = (template: Template, part: number) => redisKeys.gate(gateTagsOf(template)[part]!);

  it('issues exactly its total to a crowd, and says SOLD_OUT to everybody else', async () => {
    for (const seed of ['a', 'b', 'c']) {
      const template = await split(300);
      const answers = await claimAs(names(1_000, seed), template.id);
      expect(Map.groupBy(answers, ({ code }) => code).get('SOLD_OUT')).toHaveLength(700);
      expect(await issuedOf(template.id)).toBe(300);
      expect(await stocksOf(template)).toEqual([0, 0, 0, 0]);
      expect((await world.verify()).violations).toEqual([]);
    }
  });

  it('keeps total and per-user limit for every size, and is sold out only when all is reserved', async () => {
    const sizes = fc.record({
      total: fc.integer({ min: 1, max: 40 }),
      users: fc.integer({ min: 1, max: 60 }),
      parts: fc.integer({ min: 2, max: 16 }),
      limit: fc.integer({ min: 1, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(sizes, async ({ total, users, parts, limit }) => {
        const template = await split(total, parts, { perUserLimit: limit });
        let moment = 0;
        const told = await Promise.all(
          names(users).flatMap((user) =>
            Array.from({ length: limit + 1 }, async () => {
              const from = (moment += 1);
              const { code } = await claim(world, template.id, user);
              return { user, code, from, till: (moment += 1) };
            }),
          ),
        );
        const claimed = told.filter(({ code }) => code === 'CLAIMED');
        expect(claimed).toHaveLength(Math.min(total, users * limit));
        for (const own of Map.groupBy(claimed, ({ user }) => user).values())
          expect(own.length).toBeLessThanOrEqual(limit);
        for (const { till } of told.filter(({ code }) => code === 'SOLD_OUT'))
          expect(claimed.filter(({ from }) => from < till)).toHaveLength(total);
        expect(await issuedOf(template.id)).toBe(claimed.length);
      }),
      { numRuns: 12 },
    );
    expect((await world.verify()).violations).toEqual([]);
  });

  it('has its stock and its users spread evenly, and a rebuild spreads what is left', async () => {
    const template = await split(10, 4, { perUserLimit: 2 });
    expect(await stocksOf(template)).toEqual([3, 3, 2, 2]);
    const users = names(3);
    await claimAs(users, template.id);
    await stores.redis.client.flushdb();
    await world.app.rebuild.run(template.id);
    expect(await stocksOf(template)).toEqual([2, 2, 2, 1]);
    for (const user of users) {
      const key = redisKeys.takers(gateTagOf(template, user));
      expect(await stores.redis.client.hexists(key, user)).toBe(1);
    }
    const crowd = names(4_000).map((user) => gateTagOf(template, user));
    for (const own of Map.groupBy(crowd, (tag) => tag).values())
      expect(own.length).toBeGreaterThan(850);
  });

  it('replays a key and keeps the limit, also where the part of the user is empty', async () => {
    const template = await split(4);
    const [one, two] = usersOf(template, 2, 2) as [string, string];
    const first = await claim(world, template.id, one, 'mine');
    expect(await claim(world, template.id, one, 'mine')).toMatchObject({
      couponId: first.couponId,
      replayed: true,
    });
    expect(await claim(world, template.id, one)).toMatchObject({ code: 'USER_LIMIT_REACHED' });
    expect(await claim(world, template.id, two)).toMatchObject({ code: 'CLAIMED' });
    expect(await issuedOf(template.id)).toBe(2);
  });

  it('gives the units of all parts to the users of one', async () => {
    const template = await split(50, 8);
    expect(wins(await claimAs(usersOf(template, 5, 60), template.id))).toBe(50);
    expect(await claim(world, template.id, usersOf(template, 0, 1)[0]!)).toMatchObject({
      code: 'SOLD_OUT',
    });
    expect((await world.verify()).violations).toEqual([]);
  });

  it('without a total is never sold out', async () => {
    const template = await split(null);
    expect(wins(await claimAs(names(40), template.id))).toBe(40);
    expect(await stocksOf(template)).toEqual([null, null, null, null]);
    expect((await world.verify()).violations).toEqual([]);
  });

  const edit = (template: Template, more: Partial<RulesInput>) => {
    const { claimFromMs: claimFrom, claimUntilMs: claimUntil } = template.rules;
    const input = rulesInput(world.clock.nowMs(), { claimFrom, claimUntil, ...more });
    return world.app.saveTemplate.update(operator, template.id, template.version, input);
  };

  it('has the same parts for ever, because its users could not find their coupons otherwise', async () => {
    const template = await split(4);
    for (const subStocks of [null, 1, 3, 5]) {
      const edited = await edit(template, { totalCount: 4, subStocks });
      expect(edited).toMatchObject({
        rejection: { code: 'ILLEGAL_TRANSITION', detail: { field: 'subStocks' } },
      });
    }
  });

  it('grows in all parts when its total grows', async () => {
    const template = await split(4);
    await claimAs(names(30), template.id);
    expect((await edit(template, { totalCount: 12, subStocks: 4 })).ok).toBe(true);
    expect(wins(await claimAs(names(30, 'later'), template.id))).toBe(8);
  });

  describe('while a unit is on its way from part to part', () => {
    const refillBy = (carries: () => Promise<unknown>, template: Template, userId: string) =>
      new RefillPart(new Carrier(stores.redis.client, carries)).run(template, userId);

    it('is not sold out: who asks waits for it, and gets it', async () => {
      const template = await split(2, 2);
      const [first, second] = usersOf(template, 0, 2) as [string, string];
      await claim(world, template.id, first);
      const lent = Promise.withResolvers<undefined>();
      const goesOn = Promise.withResolvers<undefined>();
      const carried = refillBy(
        () => {
          lent.resolve(undefined);
          return goesOn.promise;
        },
        template,
        second,
      );
      await lent.promise;
      const waiting = claim(world, template.id, usersOf(template, 1, 1)[0]!);
      expect(await Promise.race([waiting, pause(200)])).toBeUndefined();
      goesOn.resolve(undefined);
      expect(await carried).toBe('TRY_AGAIN');
      expect(await waiting).toMatchObject({ code: 'CLAIMED' });
      expect(await claim(world, template.id, second)).toMatchObject({ code: 'SOLD_OUT' });
    });

    const dies = () => Promise.reject(new RedisUnavailable('the process is gone', true));

    it('and its carrier dies, it is missed by who asks next, and issued', async () => {
      const template = await split(4, 2);
      const [one, two, three] = usersOf(template, 0, 3) as [string, string, string];
      await claimAs([one, two], template.id);
      await expect(refillBy(dies, template, three)).rejects.toThrow(RedisUnavailable);
      expect(await lookAtGates(stores.redis, gateTagsOf(template))).toMatchObject([
        { stock: 0, lent: 0 },
        { stock: 1, lent: 1 },
      ]);
      const answers = await claimAs(usersOf(template, 1, 8), template.id);
      expect(wins(answers)).toBe(2);
      expect(answers.filter(({ code }) => code === 'SOLD_OUT')).toHaveLength(6);
      expect((await world.verify()).violations).toEqual([]);
    });

    it('and its carrier dies, the reconcile job puts it back, though nobody asks', async () => {
      const template = await split(4, 2);
      const [one, two, three] = usersOf(template, 0, 3) as [string, string, string];
      await claimAs([one, two], template.id);
      await expect(refillBy(dies, template, three)).rejects.toThrow(RedisUnavailable);
      expect(await reconcile()).toEqual([]);
      await stores.redis.client.hset(gateOf(template, 1), 'lentAt', '1');
      expect((await world.verify()).violations.join()).toMatch(/1 were lent .* did not arrive/);
      expect(await reconcile()).toMatchObject([{ templateId: template.id, isRepaired: true }]);
      expect(await stocksOf(template)).toEqual([1, 1]);
    });

    it('and the epoch is raised, it is in what was built anew, and nowhere twice', async () => {
      const template = await split(8, 2);
      const users = usersOf(template, 0, 5);
      await claimAs(users.slice(0, 4), template.id);
      await refillBy(() => world.app.rebuild.run(template.id), template, users[4]!);
      expect(await stocksOf(template)).toEqual([2, 2]);
      expect(wins(await claimAs(names(30), template.id))).toBe(4);
      expect((await world.verify()).violations).toEqual([]);
    });
  });

  describe('and whose Redis is hurt', () => {
    it.each([
      ['is gone', (key: string) => stores.redis.client.unlink(key)],
      ['is of another life', (key: string) => stores.redis.client.hset(key, 'run', 'another')],
      ['is of an older epoch', (key: string) => stores.redis.client.hset(key, 'epoch', '1')],
      [
        'is of another type',
        async (key: string) => {
          await stores.redis.client.unlink(key);
          await stores.redis.client.set(key, 'a string');
        },
      ],
    ])('still issues all of its total, where the gate of one part %s', async (_, hurt) => {
      const template = await split(12);
      await claimAs(usersOf(template, 0, 2), template.id);
      await hurt(gateOf(template, 3));
      expect(wins(await claimAs(usersOf(template, 1, 20), template.id))).toBe(10);
      expect(await issuedOf(template.id)).toBe(12);
      expect((await world.verify()).violations).toEqual([]);
    });

    it('is noticed by the job that warms, and by the one that reconciles', async () => {
      const template = await split(12);
      const warm = () =>
        warmTemplates(stores.database, stores.redis, world.app.rebuild, world.clock);
      await warm();
      expect(await warm()).toBe(0);
      await stores.redis.client.unlink(gateOf(template, 2));
      expect(await warm()).toBe(1);
      await stores.redis.client.hset(gateOf(template, 2), 'stock', '1');
      expect((await world.verify()).violations.join()).toMatch(/10 left and 0 issued are not 12/);
      expect(await reconcile()).toMatchObject([{ templateId: template.id, isRepaired: true }]);
      expect(await reconcile()).toEqual([]);
      await claimAs(names(6), template.id);
      await stores.redis.client.unlink(redisKeys.takers(gateTagOf(template, 'user-0')));
      expect((await world.verify()).violations.join()).toMatch(/Redis knows \d coupons/);
    });

    it('is closed where one part is ahead of MySQL', async () => {
      const template = await split(12);
      await stores.redis.client.hset(gateOf(template, 1), 'epoch', '50');
      expect(await reconcile()).toMatchObject([{ isRepaired: false }]);
    });
  });

  it('settles what a crash left in the journal of any part', async () => {
    const template = await split(8);
    const reserver = new ReserveClaims(stores.redis);
    const users = usersOf(template, 3, 2);
    for (const user of users) {
      const reply = await reserver.reserve(draftOf(template, user, Date.now()), template);
      expect(reply).toMatchObject({ kind: 'RESERVED', tag: `${template.id}:3`, seq: 0 });
    }
    expect(await world.app.settleJournals.run(0)).toBe(2);
    expect(await issuedOf(template.id)).toBe(2);
    expect(await claim(world, template.id, users[0]!)).toMatchObject({
      code: 'USER_LIMIT_REACHED',
    });
    expect((await world.app.catalog.fresh(template.id))!.committedSeq).toBe(0);
    expect((await world.verify()).violations).toEqual([]);
  });

  it('gets a unit that is given back in the part it was taken from', async () => {
    const template = await split(4);
    const reserver = new ReserveClaims(stores.redis);
    const draft = draftOf(template, usersOf(template, 2, 1)[0]!, Date.now());
    const reply = await reserver.reserve(draft, template);
    if (reply.kind !== 'RESERVED') throw new Error(reply.kind);
    expect(await stocksOf(template)).toEqual([1, 1, 0, 1]);
    const reservation = { draft, ...reply, faceValueMinor: null, mayExist: false };
    expect(await new Journal(stores.redis, reserver).giveBack(reservation)).toBe(true);
    expect(await stocksOf(template)).toEqual([1, 1, 1, 1]);
  });

  it('is forgotten by Redis, part by part, when it has long been over', async () => {
    const template = await split(4);
    await claimAs(names(8), template.id);
    world.clock.forward(2 * 86_400_000);
    await world.app.settleJournals.run(0);
    expect(await stocksOf(template)).toEqual([undefined, undefined, undefined, undefined]);
    expect(await stores.redis.client.smembers(redisKeys.openJournals)).toEqual([]);
  });
});

/** A process whose next step, after it lent a unit and before it adds it elsewhere, is another's to decide. */
class Carrier extends RedisStore {
  constructor(
    client: RedisStore['client'],
    private readonly carries: () => Promise<unknown>,
  ) {
    super(client);
  }

  override async run(...call: Parameters<RedisStore['run']>): Promise<unknown> {
    if (call[0].lua.includes('-- Adds units')) await this.carries();
    return super.run(...call);
  }
}

const pause = (ms: number) => new Promise<undefined>((done) => setTimeout(done, ms));
