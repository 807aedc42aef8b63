/** An event of another service is taken once, and its answer stays the same. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NotAllowed } from '../../src/kernel/caller.js';
import { InputError } from '../../src/kernel/input-error.js';
import { openStores, type Stores } from '../kit/stores.js';
import { callerOf, openWorld, operator, type World } from '../kit/world.js';
import { ownersOf, tell, triggeredTemplate } from './kit.js';

describe('an event of a customer', () => {
  let stores: Stores;
  let world: World;
  let first: string;
  let second: string;
  beforeAll(async () => {
    stores = await openStores();
    world = await openWorld(stores);
    first = (await triggeredTemplate(world, 'REGISTERED')).id;
    second = (await triggeredTemplate(world, 'REGISTERED', { perUserLimit: 5 })).id;
    await triggeredTemplate(world, 'BIRTHDAY');
    await triggeredTemplate(world, 'REGISTERED', { claimFrom: world.clock.nowMs() + 3_600_000 });
  });
  afterAll(async () => {
    await world.close();
    await stores.close();
  });

  const soundly = async () => expect((await world.verify()).violations).toEqual([]);
  const profileOf = async (userId: string) => {
    const sql = 'SELECT birthday, level, time_zone FROM customer WHERE user_id = ?';
    const [row] = await stores.database.rows(sql, [userId]);
    return row && { ...row };
  };

  it('REGISTERED gives each ACTIVE template that is granted on it, and no other', async () => {
    const answer = await tell(world, { userId: 'new' });
    expect(answer).toMatchObject({ code: 'RECORDED', replayed: false });
    const rows = await stores.database.rows(
      `SELECT c.template_id, c.user_id, o.way FROM coupon c JOIN coupon_origin o ON o.coupon_id = c.id
       WHERE c.id IN (?, ?) ORDER BY c.template_id`,
      answer.couponIds,
    );
    expect(rows.map((row) => [row['template_id'], row['user_id'], row['way']])).toEqual([
      [first, 'new', 'TRIGGER'],
      [second, 'new', 'TRIGGER'],
    ]);
    await soundly();
  });

  it('that is told again has the same answer, also once there are more templates', async () => {
    const event = { userId: 'again', eventId: 'again', occurredAt: world.clock.nowMs() };
    const answer = await tell(world, event);
    const late = await triggeredTemplate(world, 'REGISTERED');
    expect(await tell(world, event)).toEqual({ ...answer, replayed: true });
    expect(await ownersOf(world, late.id)).toEqual([]);
    const stop = { id: late.id, expectedVersion: null, reason: null };
    expect((await world.app.moveTemplate.run(operator, 'STOP', stop)).ok).toBe(true);
  });

  it('is one, however often it is told at once, and one answer is the first', async () => {
    const event = { userId: 'at-once', eventId: 'at-once', occurredAt: world.clock.nowMs() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => tell(world, event)));
    expect(answers.map(({ code }) => code)).toEqual(Array(20).fill('RECORDED'));
    for (const { couponIds } of answers) expect(couponIds).toEqual(answers[0]!.couponIds);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    const owners = [...(await ownersOf(world, first)), ...(await ownersOf(world, second))];
    expect(owners.filter((owner) => owner === 'at-once')).toHaveLength(2);
    await soundly();
  });

  it('with the id of another is a conflict, and changes nothing', async () => {
    const event = { userId: 'one', eventId: 'conflict', occurredAt: world.clock.nowMs() };
    await tell(world, event);
    for (const more of [{ userId: 'two' }, { type: 'PROFILE_CHANGED' as const }, { level: 'x' }])
      expect((await tell(world, { ...event, ...more })).code).toBe('IDEMPOTENCY_CONFLICT');
    expect(await ownersOf(world, first)).not.toContain('two');
    expect(await profileOf('one')).toBeUndefined();
  });

  it('gives the others where one template refuses, and does not ask that one again', async () => {
    const { id, version } = await triggeredTemplate(world, 'REGISTERED', { totalCount: 1 });
    expect((await tell(world, { userId: 'lucky' })).couponIds).toHaveLength(3);
    const event = { userId: 'late', eventId: 'late', occurredAt: world.clock.nowMs() };
    const answer = await tell(world, event);
    expect([answer.code, answer.couponIds.length]).toEqual(['RECORDED', 2]);
    const stop = { id, expectedVersion: version, reason: null };
    expect((await world.app.moveTemplate.run(operator, 'STOP', stop)).ok).toBe(true);
    expect(await tell(world, event)).toEqual({ ...answer, replayed: true });
    const [row] = await stores.database.rows(
      `SELECT refusal FROM customer_event_grant WHERE template_id = ? AND coupon_id IS NULL`,
      [id],
    );
    expect(row!['refusal']).toBe('SOLD_OUT');
  });

  it('about which nobody knows is answered so, and completed when it is told again', async () => {
    let isBusy = true;
    const busy = await openWorld(stores, { isOverloaded: () => isBusy });
    const event = { userId: 'patient', eventId: 'patient', occurredAt: world.clock.nowMs() };
    expect((await tell(busy, event)).code).toBe('OVERLOADED');
    isBusy = false;
    const answer = await tell(busy, event);
    expect([answer.code, answer.replayed, answer.couponIds.length]).toEqual(['RECORDED', false, 2]);
    expect(await tell(busy, event)).toEqual({ ...answer, replayed: true });
    await busy.close();
  });

  it('that broke off after its coupons were issued finds them when it is told again', async () => {
    const { database } = stores;
    const event = { userId: 'broken', eventId: 'broken', occurredAt: world.clock.nowMs() };
    let isDying = true;
    const transaction: typeof database.transaction = (work) =>
      database.transaction((sql) =>
        work({
          rows: (statement, values) => sql.rows(statement, values),
          change: async (statement, values) => {
            if (isDying && statement.includes('SET coupon_id')) throw new Error('it died here');
            return sql.change(statement, values);
          },
        }),
      );
    const mortal = Object.assign(Object.create(database) as typeof database, { transaction });
    const dying = await openWorld({ ...stores, database: mortal });
    await expect(tell(dying, event)).rejects.toThrow('it died here');
    await dying.close();
    const coupons = async () =>
      (await ownersOf(world, second)).filter((owner) => owner === 'broken').length;
    expect(await coupons()).toBe(1);
    isDying = false;
    expect(await tell(world, event)).toMatchObject({ code: 'RECORDED', replayed: false });
    expect(await coupons()).toBe(1);
  });

  it('PROFILE_CHANGED is what is known then: month and day, level and time zone', async () => {
    const nowMs = world.clock.nowMs();
    const told = (more: object) =>
      tell(world, { type: 'PROFILE_CHANGED', userId: 'cleo', ...more });
    const full = { birthday: '1990-05-01', level: 'gold', timeZone: 'Asia/Shanghai' };
    expect(await told({ ...full, occurredAt: nowMs })).toMatchObject({ couponIds: [] });
    const kept = { birthday: '05-01', level: 'gold', time_zone: 'Asia/Shanghai' };
    expect(await profileOf('cleo')).toEqual(kept);
    await told({ birthday: '06-06', level: 'silver', occurredAt: nowMs - 1 });
    expect(await profileOf('cleo')).toEqual(kept);
    await told({ level: 'silver', occurredAt: nowMs + 1 });
    expect(await profileOf('cleo')).toEqual({ birthday: null, level: 'silver', time_zone: null });
  });

  it('of the latest moment stays, in whatever order many come at once', async () => {
    const nowMs = world.clock.nowMs();
    const told = Array.from({ length: 20 }, (_, i) =>
      tell(world, {
        type: 'PROFILE_CHANGED',
        userId: 'many',
        level: `level-${i}`,
        occurredAt: nowMs - ((i * 7) % 20),
      }),
    );
    await Promise.all(told);
    expect((await profileOf('many'))!['level']).toBe('level-0');
  });

  it('is for the service that may tell, and names the field that is wrong', async () => {
    const event = { eventId: 'x', type: 'REGISTERED', userId: 'a', occurredAt: 0 } as const;
    const ask = (caller: ReturnType<typeof callerOf>) => world.app.recordEvent.run(caller, event);
    await expect(ask(operator)).rejects.toThrow(NotAllowed);
    await expect(ask(callerOf('a'))).rejects.toThrow(NotAllowed);
    await expect(tell(world, { birthday: '31-12' })).rejects.toThrow(InputError);
    await expect(tell(world, { birthday: '31-12' })).rejects.toThrow('input.birthday');
  });

  it('is forgotten with the user: told again it is of somebody new', async () => {
    const event = { userId: 'gone', eventId: 'gone', occurredAt: world.clock.nowMs() };
    const more = { birthday: '05-01', level: 'gold' };
    const answer = await tell(world, { ...event, ...more });
    const request = { userId: 'gone', reason: 'ticket 1', idempotencyKey: 'gone' };
    expect((await world.app.eraseUser.run(operator, request)).ok).toBe(true);
    expect(await profileOf('gone')).toBeUndefined();
    const again = await tell(world, { ...event, ...more });
    expect(again).toMatchObject({ code: 'RECORDED', replayed: false });
    for (const id of again.couponIds) expect(answer.couponIds).not.toContain(id);
    await soundly();
  });
});
