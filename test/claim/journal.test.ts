/** Journal entries that meet another version of the service, or that nobody can commit. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readQuarantine } from '../../src/claim/quarantine.store.js';
import { ReserveClaims } from '../../src/claim/reserve-claims.js';
import { JOURNAL_TRIES_MAX } from '../../src/config/limits.js';
import { newId } from '../../src/kernel/ids.js';
import { redisKeys } from '../../src/storage/redis-keys.js';
import type { Template } from '../../src/template/template.types.js';
import { draftOf } from '../kit/draft.js';
import { openStores, type Stores } from '../kit/stores.js';
import { activeTemplate, claim, openWorld, type World } from '../kit/world.js';

describe('entries of the journal', () => {
  let stores: Stores;
  let world: World;
  beforeAll(async () => {
    stores = await openStores();
  });
  beforeEach(async () => {
    await stores.redis.client.flushdb();
    await stores.database.transaction((sql) => sql.change('DELETE FROM quarantined_claim'));
    world = await openWorld(stores);
  });
  afterAll(() => stores.close());

  /** What a process leaves behind that dies between reserving and committing. */
  const leave = async (template: Template, userId: string, more: object = {}) => {
    const draft = draftOf(template, userId, world.clock.nowMs(), more);
    const reply = await new ReserveClaims(stores.redis).reserve(draft, template);
    expect(reply).toMatchObject({ kind: 'RESERVED' });
    return draft;
  };
  const write = (id: string, fields: Record<string, string>) =>
    stores.redis.client.xadd(redisKeys.journal(id), '*', ...Object.entries(fields).flat());
  const pending = (id: string) => stores.redis.client.xlen(redisKeys.journal(id));
  const owners = async (id: string) => {
    const rows = await stores.database.rows(
      'SELECT user_id FROM coupon WHERE template_id = ? ORDER BY user_id',
      [id],
    );
    return rows.map((row) => row['user_id']);
  };
  const quarantine = () =>
    readQuarantine(stores.database, stores.sealer, { first: 20, afterId: null });
  /** Rewrites the only entry of a journal as another version of the service would have written it. */
  const rewrite = async (id: string, change: (fields: Map<string, string>) => void) => {
    const [[entryId, list]] = (await stores.redis.client.xrange(
      redisKeys.journal(id),
      '-',
      '+',
    )) as [[string, string[]]];
    const fields = new Map<string, string>();
    for (let i = 0; i < list.length; i += 2) fields.set(list[i]!, list[i + 1]!);
    change(fields);
    await stores.redis.client.xdel(redisKeys.journal(id), entryId);
    await write(id, Object.fromEntries(fields));
  };

  it('are settled when the version before wrote them, without a version and without a number', async () => {
    const template = await activeTemplate(world);
    await leave(template, 'ada');
    await rewrite(template.id, (fields) => {
      fields.delete('v');
      fields.delete('seq');
    });
    await world.app.settleJournals.run(0);
    expect(await owners(template.id)).toEqual(['ada']);
  });

  it('are settled when a later build of the same version added fields', async () => {
    const template = await activeTemplate(world);
    await leave(template, 'bea', { addedLater: { anything: true } });
    await rewrite(template.id, (fields) => fields.set('later', 'x'));
    await world.app.settleJournals.run(0);
    expect(await owners(template.id)).toEqual(['bea']);
  });

  it('of a newer version are left to the processes that read them', async () => {
    const template = await activeTemplate(world);
    await leave(template, 'cleo');
    await rewrite(template.id, (fields) => fields.set('v', '99'));
    await world.app.settleJournals.run(0);
    expect([await pending(template.id), await quarantine()]).toEqual([1, []]);
    await rewrite(template.id, (fields) => fields.set('v', '1'));
    await world.app.settleJournals.run(0);
    expect(await owners(template.id)).toEqual(['cleo']);
  });

  it.each([
    ['is not readable', { draft: 'not json' }, 'the draft is not readable'],
    [
      'lacks a field',
      { draft: '{"couponId":"x"}', epoch: '1', slot: '1' },
      'the draft is not readable',
    ],
    ['is huge', { draft: 'x'.repeat(1_000_000) }, 'the draft is not readable'],
  ])(
    'that %s is set aside once with its reason, and the others are settled',
    async (_, fields, reason) => {
      const template = await activeTemplate(world, { totalCount: 10 });
      await leave(template, 'dora');
      await write(template.id, fields);
      await world.app.settleJournals.run(0);
      await write(template.id, fields);
      await Promise.all([world.app.settleJournals.run(0), world.app.settleJournals.run(0)]);
      expect(await quarantine()).toMatchObject([{ templateId: template.id, reason }]);
      expect(await owners(template.id)).toEqual(['dora']);
      expect(await pending(template.id)).toBe(0);
      expect(await claim(world, template.id, 'emma')).toMatchObject({ code: 'CLAIMED' });
      expect((await world.verify()).violations).toEqual([]);
    },
  );

  it('that MySQL never takes is set aside after some tries, and its stock is claimable again', async () => {
    const template = await activeTemplate(world, { totalCount: 2 });
    const { couponId } = await leave(template, 'finn', { code: 'x'.repeat(60) });
    for (let tries = 1; tries < JOURNAL_TRIES_MAX; tries += 1) {
      await world.app.settleJournals.run(0);
      expect(await quarantine()).toEqual([]);
    }
    await world.app.settleJournals.run(0);
    expect(await quarantine()).toMatchObject([
      {
        userId: 'finn',
        couponId,
        tries: JOURNAL_TRIES_MAX,
        reason: expect.stringContaining('code'),
      },
    ]);
    expect(await claim(world, template.id, 'gina')).toMatchObject({ code: 'CLAIMED' });
    expect(await claim(world, template.id, 'finn')).toMatchObject({ code: 'CLAIMED' });
    expect(await pending(template.id)).toBe(0);
    expect((await world.verify()).violations).toEqual([]);
  });

  it('of a template that is not there are set aside and hold up nobody', async () => {
    const template = await activeTemplate(world);
    const gone = newId(world.clock.nowMs());
    await write(gone, { draft: 'anything' });
    await stores.redis.client.sadd(redisKeys.openJournals, gone);
    await leave(template, 'hans');
    await world.app.settleJournals.run(0);
    expect(await quarantine()).toMatchObject([{ templateId: gone }]);
    expect([await pending(gone), await owners(template.id)]).toEqual([0, ['hans']]);
  });

  it('in a key of another type are replaced, and hold up nobody', async () => {
    const [broken, sound] = [await activeTemplate(world), await activeTemplate(world)];
    await leave(sound, 'ida');
    await stores.redis.client.set(redisKeys.journal(broken.id), 'a string');
    await world.app.settleJournals.run(0);
    expect(await owners(sound.id)).toEqual(['ida']);
    expect(await claim(world, broken.id, 'jack')).toMatchObject({ code: 'CLAIMED' });
    expect(await stores.redis.client.type(redisKeys.journal(broken.id))).not.toBe('string');
  });
});
