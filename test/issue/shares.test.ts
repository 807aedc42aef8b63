/** Shares: a link that others accept, each once and no more than its limit, and a reward for who sent it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RulesInput } from '../../src/template/rules/rules-input.js';
import type { Template } from '../../src/template/template.types.js';
import { ReserveClaims } from '../../src/claim/reserve-claims.js';
import { connectRedis } from '../../src/storage/redis.js';
import { draftOf } from '../kit/draft.js';
import { openStores, type Stores } from '../kit/stores.js';
import { activeTemplate, callerOf, openWorld, operator, type World } from '../kit/world.js';

describe('a share', () => {
  let stores: Stores;
  let world: World;
  beforeAll(async () => {
    stores = await openStores();
  });
  beforeEach(async () => {
    world = await openWorld(stores);
  });
  afterAll(() => stores.close());

  const shared = (acceptLimit: number, more: Partial<RulesInput> = {}, rewardTemplateId?: string) =>
    activeTemplate(world, {
      claimMethod: 'SHARE',
      share: { acceptLimit, rewardTemplateId: rewardTemplateId ?? null },
      ...more,
    });
  const reward = (more: Partial<RulesInput> = {}) =>
    activeTemplate(world, { claimMethod: 'GRANT_ONLY', ...more });
  const shareOf = async ({ id }: Pick<Template, 'id'>, userId: string, app = world.app) => {
    const result = await app.createShare.run(callerOf(userId), id);
    if (!result.ok) throw new Error(result.rejection.code);
    return result.value;
  };
  let keys = 0;
  const accept = async (
    token: string,
    userId: string,
    idempotencyKey = `key-${(keys += 1)}`,
    { app }: Pick<World, 'app'> = world,
    channel: string | null = null,
  ) => {
    const request = { token, idempotencyKey, channel, deviceId: null };
    const result = await app.acceptShare.run({ ...callerOf(userId), address: null }, request);
    if (!result.ok) return result.rejection.code;
    return result.value.replayed ? 'REPLAYED' : 'CLAIMED';
  };
  const pay = ({ app }: Pick<World, 'app'> = world) =>
    app.payShareRewards.run({ database: stores.database, signal: new AbortController().signal });
  const couponsOf = async ({ id }: Pick<Template, 'id'>, userId?: string) => {
    const rows = await stores.database.rows(
      'SELECT user_id AS u, channel FROM coupon WHERE template_id = ?',
      [id],
    );
    return rows.filter((row) => userId === undefined || row['u'] === userId);
  };
  const soundly = async () => expect((await world.verify()).violations).toEqual([]);

  it('is one a user and template, however often and however much at once it is asked for', async () => {
    const template = await shared(3);
    const all = await Promise.all(Array.from({ length: 20 }, () => shareOf(template, 'anna')));
    expect(new Set(all.map(({ token }) => token)).size).toBe(1);
    expect(all[0]!.token).toMatch(/^[\w-]{22}$/);
    expect((await shareOf(template, 'bea')).token).not.toBe(all[0]!.token);
    expect((await shareOf(await shared(3), 'anna')).token).not.toBe(all[0]!.token);
  });

  it('is made of templates that are shared and open only; one that was made is told for ever', async () => {
    const codeOf = async (id: string, user = 'carl') => {
      const result = await world.app.createShare.run(callerOf(user), id);
      return result.ok ? 'CREATED' : result.rejection.code;
    };
    const template = await shared(3);
    expect(await codeOf('nothing')).toBe('TEMPLATE_NOT_FOUND');
    expect(await codeOf((await activeTemplate(world)).id)).toBe('NOT_TARGETED');
    expect(await codeOf(template.id)).toBe('CREATED');
    const stop = { id: template.id, expectedVersion: null, reason: null };
    await world.app.moveTemplate.run(operator, 'STOP', stop);
    expect(await codeOf(template.id)).toBe('CREATED');
    expect(await codeOf(template.id, 'dora')).toBe('CLAIM_CLOSED');
    expect(await accept((await shareOf(template, 'carl')).token, 'dora')).toBe('CLAIM_CLOSED');
  });

  it('is accepted by others than its sharer, by each once whatever the limit of its template is', async () => {
    const template = await shared(9, { perUserLimit: 5 });
    const { token } = await shareOf(template, 'anna');
    expect(await accept('no-such-token', 'bea')).toBe('SHARE_NOT_FOUND');
    expect(await accept('A'.repeat(22), 'bea')).toBe('SHARE_NOT_FOUND');
    expect(await accept(token, 'anna')).toBe('SHARE_OWN');
    const many = await Promise.all(Array.from({ length: 8 }, () => accept(token, 'bea')));
    expect(many.filter((code) => code === 'CLAIMED')).toHaveLength(1);
    expect(many.filter((code) => code === 'USER_LIMIT_REACHED')).toHaveLength(7);
    const other = await shareOf(template, 'dora');
    expect(await accept(other.token, 'bea')).toBe('CLAIMED');
    expect(await couponsOf(template)).toHaveLength(2);
    await soundly();
  });

  it('keeps to the per-user limit of its template over all shares of it', async () => {
    const template = await shared(9);
    const tokens = [await shareOf(template, 'anna'), await shareOf(template, 'dora')];
    const codes = [];
    for (const { token } of tokens) codes.push(await accept(token, 'bea'));
    expect(codes).toEqual(['CLAIMED', 'USER_LIMIT_REACHED']);
  });

  it('answers a repeated key as the first time, and keeps where it was accepted', async () => {
    const template = await shared(1);
    const { token } = await shareOf(template, 'anna');
    expect(await accept(token, 'bea', 'k', world, 'wechat')).toBe('CLAIMED');
    expect(await accept(token, 'bea', 'k', world, 'wechat')).toBe('REPLAYED');
    expect(await accept(token, 'bea', 'k', world, 'app')).toBe('IDEMPOTENCY_CONFLICT');
    expect(await accept(token, 'carl')).toBe('SHARE_FULL');
    expect(await couponsOf(template)).toEqual([{ u: 'bea', channel: 'wechat' }]);
  });

  it('has its guard: whom the template does not want it does not get by a friend', async () => {
    const { token } = await shareOf(await shared(9, { audience: ['bea'] }), 'anna');
    expect(await accept(token, 'carl')).toBe('NOT_TARGETED');
    expect(await accept(token, 'bea')).toBe('CLAIMED');
  });

  it('is accepted by as many as its limit of 200 at once, also with Redis emptied and over MySQL alone', async () => {
    const nowhere = connectRedis('redis://127.0.0.1:1/0');
    const alone = await openWorld({ ...stores, redis: nowhere });
    const template = await shared(10, { totalCount: 1_000 });
    const { id, token } = await shareOf(template, 'anna');
    const ask = (from: number, count: number, where: World) =>
      Promise.all(
        Array.from({ length: count }, (_, i) => accept(token, `u-${from + i}`, undefined, where)),
      );
    const early = await ask(0, 4, world);
    const late = ask(4, 180, world);
    await stores.redis.client.flushdb();
    const codes = [...early, ...(await late), ...(await ask(184, 16, alone))];
    nowhere.close();
    expect(codes.filter((code) => code === 'CLAIMED')).toHaveLength(10);
    expect(await couponsOf(template)).toHaveLength(10);
    const [row] = await stores.database.rows('SELECT places_left AS n FROM share WHERE id = ?', [
      id,
    ]);
    expect(Number(row!['n'])).toBe(0);
    await soundly();
  });

  it('is counted when a crash left its acceptance in the journal, and not beyond its limit', async () => {
    const template = await shared(2);
    const { id, token } = await shareOf(template, 'anna');
    for (const user of ['bea', 'carl', 'dora']) {
      const via = { kind: 'SHARE', originId: id };
      const draft = draftOf(template, user, world.clock.nowMs(), { via });
      await new ReserveClaims(stores.redis).reserve(draft, template);
    }
    await world.app.settleJournals.run(0);
    expect(await couponsOf(template)).toHaveLength(2);
    expect(await accept(token, 'emma')).toBe('SHARE_FULL');
    await soundly();
  });

  it('gives no place back when a coupon of it is revoked', async () => {
    const template = await shared(1);
    const { token } = await shareOf(template, 'anna');
    await accept(token, 'bea');
    const [row] = await stores.database.rows('SELECT id FROM coupon WHERE template_id = ?', [
      template.id,
    ]);
    const change = { id: String(row!['id']), reason: 'test' };
    expect((await world.app.changeCoupon.run(operator, 'REVOKE', change)).ok).toBe(true);
    expect(await accept(token, 'carl')).toBe('SHARE_FULL');
  });

  it('rewards its sharer once when the limit is reached, and not before', async () => {
    const prize = await reward();
    const template = await shared(3, {}, prize.id);
    const { token } = await shareOf(template, 'anna');
    for (const user of ['bea', 'carl']) await accept(token, user);
    expect(await pay()).toMatchObject({ handled: 0 });
    await accept(token, 'dora');
    const runs = await Promise.all([pay(), pay(), pay()]);
    expect(runs.every(({ refused }) => refused.length === 0)).toBe(true);
    await pay();
    expect(await couponsOf(prize)).toEqual([{ u: 'anna', channel: 'share' }]);
    const { reward: told } = await shareOf(template, 'anna');
    expect(told).toMatchObject({ status: 'PAID', refusal: null });
    await soundly();
  });

  it('rewards by a coupon that an earlier run issued, where it died before it wrote that down', async () => {
    const prize = await reward();
    const template = await shared(1, {}, prize.id);
    const { token } = await shareOf(template, 'anna');
    await accept(token, 'bea');
    const dies = {
      rows: stores.database.rows.bind(stores.database),
      transaction: () => Promise.reject(new Error('died')),
    };
    const { signal } = new AbortController();
    await expect(world.app.payShareRewards.run({ database: dies, signal })).rejects.toThrow('died');
    const next = await openWorld(stores);
    await pay(next);
    expect(await couponsOf(prize)).toHaveLength(1);
    expect((await shareOf(template, 'anna')).reward).toMatchObject({ status: 'PAID' });
    await soundly();
  });

  it('writes down why a sharer cannot be rewarded, and waits for what may still come', async () => {
    const [spent, later] = [
      await reward({ totalCount: 1 }),
      await reward({ claimFrom: world.clock.nowMs() + 60_000 }),
    ];
    const shares = [await shared(1, {}, spent.id), await shared(1, {}, spent.id)];
    const waiting = await shared(1, {}, later.id);
    for (const [i, template] of [...shares, waiting].entries())
      await accept((await shareOf(template, `sharer-${i}`)).token, 'bea');
    await pay();
    const told = await Promise.all(
      [...shares, waiting].map(async (one, i) => (await shareOf(one, `sharer-${i}`)).reward),
    );
    expect(told.map((one) => one!.status).toSorted()).toEqual(['PAID', 'PENDING', 'REFUSED']);
    expect(told.find((one) => one!.status === 'REFUSED')!.refusal).toBe('SOLD_OUT');
    expect(told[2]!.status).toBe('PENDING');
    world.clock.forward(60_001);
    await pay();
    expect((await shareOf(waiting, 'sharer-2')).reward!.status).toBe('PAID');
    await soundly();
  });
});
