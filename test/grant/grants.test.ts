/** A grant gives everybody of a list one coupon, and says why somebody has none. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GRANT_PAGE } from '../../src/config/limits.js';
import { InputError } from '../../src/kernel/input-error.js';
import { NotAllowed } from '../../src/kernel/caller.js';
import { connectRedis } from '../../src/storage/redis.js';
import { openStores, type Stores } from '../kit/stores.js';
import { activeTemplate, callerOf, claim, openWorld, operator, type World } from '../kit/world.js';
import { expectEveryoneOnce, grantOf, listOf, runGrants, startGrant, usersOf } from './kit.js';

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

  const soundly = async () => expect((await world.verify()).violations).toEqual([]);
  const start = (templateId: string, userIds: string[], idempotencyKey: string, more = {}) =>
    world.app.startGrant.run(
      operator,
      { templateId, reason: 'because', idempotencyKey, ...more },
      listOf(userIds),
    );
  const stop = (id: string) => world.app.stopGrant.run(operator, { id, reason: 'a mistake' });
  const stepsOf = async (id: string) =>
    (
      await stores.database.rows(
        `SELECT a.action, a.to_status, o.type FROM audit a
         LEFT JOIN outbox o ON o.subject_id = a.subject_id AND JSON_VALUE(o.payload, '$.seq') = a.seq
         WHERE a.subject_id = ? ORDER BY a.seq`,
        [id],
      )
    ).map((row) => `${row['action']} ${row['to_status']} ${row['type']}`);
  const rowsOf = async (table: string) =>
    Number((await stores.database.rows(`SELECT COUNT(*) AS n FROM ${table}`))[0]!['n']);

  it('gives each user of the list one coupon, and tells every step to audit and events', async () => {
    const { id: templateId } = await activeTemplate(world, {
      claimMethod: 'GRANT_ONLY',
      totalCount: null,
    });
    const grant = await startGrant(world, templateId, usersOf(1_201));
    expect(grant).toMatchObject({ status: 'QUEUED', requested: 1_201, duplicates: 0, granted: 0 });
    expect(await runGrants(world)).toEqual({ handled: 1_201, lagMs: 0 });
    expect(await grantOf(world, grant.id)).toMatchObject({
      status: 'DONE',
      granted: 1_201,
      refused: 0,
    });
    await expectEveryoneOnce(world, grant);
    expect(await stepsOf(grant.id)).toEqual([
      'QUEUED QUEUED grant.queued',
      'STARTED RUNNING grant.started',
      'DONE DONE grant.done',
    ]);
    await soundly();
  });

  it('refuses by stock and by the limit of a user, says whom and why, in the order of the list', async () => {
    const { id: templateId } = await activeTemplate(world, { totalCount: 5, perUserLimit: 1 });
    expect((await claim(world, templateId, 'anna')).code).toBe('CLAIMED');
    const users = ['anna', ...usersOf(6, 'late')];
    const grant = await startGrant(world, templateId, users);
    await runGrants(world);
    const after = await grantOf(world, grant.id);
    expect(after).toMatchObject({ status: 'DONE', granted: 4, refused: 3 });
    const refusals = await world.app.readGrants.refusals(after, 10, null);
    expect(refusals[0]).toEqual({ userId: 'anna', code: 'USER_LIMIT_REACHED' });
    expect(refusals.slice(1).map(({ code }) => code)).toEqual(['SOLD_OUT', 'SOLD_OUT']);
    const [first, second, third] = refusals;
    expect(await world.app.readGrants.refusals(after, 1, first!.userId)).toEqual([second]);
    expect(await world.app.readGrants.refusals(after, 9, second!.userId)).toEqual([third]);
    await expectEveryoneOnce(world, grant);
    await soundly();
  });

  it('gives who stands in the list again one coupon, and counts it', async () => {
    const { id: templateId } = await activeTemplate(world, { totalCount: 9, perUserLimit: 5 });
    const grant = await startGrant(world, templateId, ['ben', 'cleo', 'ben', 'ben', 'Ben']);
    expect(grant).toMatchObject({ requested: 3, duplicates: 2 });
    await runGrants(world);
    expect(await grantOf(world, grant.id)).toMatchObject({ granted: 3, refused: 0 });
    await expectEveryoneOnce(world, grant);
  });

  it('is the same one when its key comes again with its list, and a conflict with any other', async () => {
    const { id: templateId } = await activeTemplate(world);
    const other = await activeTemplate(world);
    const grant = await startGrant(world, templateId, ['dora', 'emil'], 'again');
    const members = await rowsOf('grant_member');
    const again = await start(templateId, ['dora', 'emil'], 'again', { reason: grant.reason });
    expect(again).toMatchObject({ ok: true, value: { replayed: true, grant: { id: grant.id } } });
    const conflicts = await Promise.all([
      start(templateId, ['emil', 'dora'], 'again', { reason: grant.reason }),
      start(templateId, ['dora'], 'again', { reason: grant.reason }),
      start(templateId, ['dora', 'emil'], 'again', { reason: 'another' }),
      start(other.id, ['dora', 'emil'], 'again', { reason: grant.reason }),
    ]);
    for (const one of conflicts)
      expect(one).toMatchObject({ ok: false, rejection: { code: 'IDEMPOTENCY_CONFLICT' } });
    await expect(start(templateId, usersOf(100_001), 'again')).rejects.toThrow('line 100001');
    const others = await world.app.startGrant.run(
      callerOf('oscar', ['coupons:admin']),
      { templateId, reason: grant.reason, idempotencyKey: 'again' },
      listOf(['dora']),
    );
    expect(others).toMatchObject({ ok: true, value: { replayed: false } });
    expect([await rowsOf('grant_member'), await rowsOf('grant_upload')]).toEqual([members + 1, 0]);
  });

  it('is one, however often it is started at once', async () => {
    const { id: templateId } = await activeTemplate(world, { totalCount: null });
    const insist = async () => {
      for (;;) {
        const answer = await start(templateId, usersOf(1_500, 'once'), 'at-once');
        if (answer.ok || !answer.rejection.retryable) return answer;
      }
    };
    const answers = await Promise.all(Array.from({ length: 4 }, insist));
    const ids = answers.map((answer) => (answer.ok ? answer.value.grant.id : 'refused'));
    expect(ids).toEqual(Array(4).fill(ids[0]));
    expect(answers.filter((answer) => answer.ok && !answer.value.replayed)).toHaveLength(1);
    const [row] = await stores.database.rows(
      "SELECT COUNT(*) AS n FROM grant_member WHERE user_id LIKE 'once-%'",
    );
    expect([Number(row!['n']), await rowsOf('grant_upload')]).toEqual([1_500, 0]);
    await runGrants(world);
  });

  it('leaves nothing of a list with a mistake, and names the place', async () => {
    const { id: templateId } = await activeTemplate(world);
    const before = [await rowsOf('grant_member'), await rowsOf('grant_job')];
    const users = [...usersOf(2_000, 'half'), 'with blank', 'zoe'];
    const wrong = start(templateId, users, 'wrong');
    await expect(wrong).rejects.toThrow('line 2001: must be 1 to 128 printable ASCII');
    await expect(start(templateId, [], 'none')).rejects.toThrow(InputError);
    await expect(start(templateId, ['a'], '')).rejects.toThrow('input.idempotencyKey');
    await expect(start(templateId, ['a'], 'k', { reason: '' })).rejects.toThrow('input.reason');
    expect([await rowsOf('grant_member'), await rowsOf('grant_job')]).toEqual(before);
    expect(await rowsOf('grant_upload')).toBe(0);
  });

  it('needs an open template and an operator', async () => {
    const { id: templateId } = await activeTemplate(world, { claimUntil: world.clock.nowMs() + 1 });
    const codeOf = async (id: string) => {
      const answer = await start(id, ['a'], `open-${id}`);
      return answer.ok ? 'STARTED' : answer.rejection.code;
    };
    world.clock.forward(2);
    expect(await codeOf(templateId)).toBe('CLAIM_CLOSED');
    expect(await codeOf('01ARZ3NDEKTSV4RRFFQ69G5FAV')).toBe('TEMPLATE_NOT_FOUND');
    expect(await codeOf("' OR 1=1")).toBe('TEMPLATE_NOT_FOUND');
    const request = { templateId, reason: 'r', idempotencyKey: 'k' };
    await expect(
      world.app.startGrant.run(callerOf('anna'), request, listOf(['anna'])),
    ).rejects.toThrow(NotAllowed);
    await expect(
      world.app.stopGrant.run(callerOf('anna'), { id: templateId, reason: 'r' }),
    ).rejects.toThrow(NotAllowed);
    await expect(world.app.readGrants.byId(callerOf('anna'), templateId)).rejects.toThrow(
      NotAllowed,
    );
  });

  it('that is stopped in the middle gives no coupon more, and knows exactly who has one', async () => {
    const { id: templateId } = await activeTemplate(world, { totalCount: null });
    const grant = await startGrant(world, templateId, usersOf(3_000, 'stop'));
    const running = runGrants(world);
    while ((await grantOf(world, grant.id)).granted < 600) await claim(world, templateId, 'x');
    expect(await stop(grant.id)).toMatchObject({ ok: true, value: { status: 'STOPPED' } });
    const atTheStop = await grantOf(world, grant.id);
    await running;
    await runGrants(world);
    const after = await grantOf(world, grant.id);
    expect(after).toMatchObject({ status: 'STOPPED', refused: 0, granted: atTheStop.granted });
    expect(after.granted).toBeLessThan(3_000);
    await expectEveryoneOnce(world, grant);
    expect(await stop(grant.id)).toMatchObject({ rejection: { code: 'ILLEGAL_TRANSITION' } });
    expect((await stepsOf(grant.id)).at(-1)).toBe('STOPPED STOPPED grant.stopped');
    await soundly();
  });

  it('knows also after a crash who had a coupon when it was stopped', async () => {
    const { id: templateId } = await activeTemplate(world, { totalCount: null });
    const grant = await startGrant(world, templateId, usersOf(2 * GRANT_PAGE, 'lost'));
    const died = new Error('the worker died here');
    const dying: typeof world.app.database.transaction = async (work) =>
      world.app.database.transaction(async (sql) => {
        const value = await work(sql);
        const { granted } = await grantOf(world, grant.id);
        if (granted > 0) throw died;
        return value;
      });
    const database = { rows: stores.database.rows.bind(stores.database), transaction: dying };
    const signal = new AbortController().signal;
    await expect(world.app.runGrants.run({ database, signal })).rejects.toBe(died);
    await stop(grant.id);
    const { granted } = await grantOf(world, grant.id);
    expect(granted).toBe(GRANT_PAGE);
    await runGrants(world);
    await expectEveryoneOnce(world, grant);
    await soundly();
  });

  it('goes on where its worker died, and whoever has a coupon of it gets no other', async () => {
    const { id: templateId } = await activeTemplate(world, { totalCount: null, perUserLimit: 5 });
    const grant = await startGrant(world, templateId, usersOf(GRANT_PAGE + 50, 'died'));
    const died = new Error('the worker died here');
    const dying: typeof world.app.database.transaction = async (work) => {
      // The coupons of a page are there, and the list does not say so yet.
      if ((await grantOf(world, grant.id)).granted > 0) throw died;
      return world.app.database.transaction(work);
    };
    const database = { rows: stores.database.rows.bind(stores.database), transaction: dying };
    const signal = new AbortController().signal;
    await expect(world.app.runGrants.run({ database, signal })).rejects.toBe(died);
    expect(await grantOf(world, grant.id)).toMatchObject({ granted: GRANT_PAGE });
    // Who cannot be answered in time is asked again by the next run.
    const goOn = async () => {
      await runGrants(world);
      return grantOf(world, grant.id);
    };
    await expect.poll(goOn, { timeout: 60_000 }).toMatchObject({ status: 'DONE' });
    const after = await grantOf(world, grant.id);
    expect(after).toMatchObject({ granted: GRANT_PAGE + 50, refused: 0 });
    await expectEveryoneOnce(world, grant);
    await soundly();
  }, 120_000);

  it('asks again for whom nobody could answer, and refuses none of them', async () => {
    const { id: templateId } = await activeTemplate(world, { totalCount: 900 });
    const grant = await startGrant(world, templateId, usersOf(900, 'busy'));
    let isBusy = true;
    const busy = await openWorld(stores, { isOverloaded: () => isBusy });
    const stopping = AbortSignal.timeout(600);
    await runGrants(busy, stopping);
    expect(await grantOf(world, grant.id)).toMatchObject({ status: 'RUNNING', refused: 0 });
    isBusy = false;
    await runGrants(busy);
    expect(await grantOf(world, grant.id)).toMatchObject({ status: 'DONE', granted: 900 });
    await expectEveryoneOnce(world, grant);
  });

  it('in which nobody can be decided for a day has failed', async () => {
    const claimUntil = world.clock.nowMs() + 9 * 86_400_000;
    const { id: templateId } = await activeTemplate(world, { claimUntil });
    const grant = await startGrant(world, templateId, ['never']);
    const busy = await openWorld(stores, { isOverloaded: () => true });
    const afterDays = (days: number) => {
      busy.clock.forward(days * 86_400_000);
      return runGrants(busy);
    };
    expect((await afterDays(0.4)).handled).toBe(0);
    expect(await grantOf(world, grant.id)).toMatchObject({ status: 'RUNNING' });
    await afterDays(1.1);
    expect(await grantOf(world, grant.id)).toMatchObject({ status: 'FAILED', granted: 0 });
    expect((await runGrants(busy)).lagMs).toBe(0);
  });

  it('takes turns with the others: a small one does not wait for a large one', async () => {
    const { id: templateId } = await activeTemplate(world, { totalCount: null, perUserLimit: 2 });
    const large = await startGrant(world, templateId, usersOf(4_000, 'turn'));
    const small = await startGrant(world, templateId, usersOf(10, 'turn'));
    const running = runGrants(world);
    while ((await grantOf(world, small.id)).status !== 'DONE') await claim(world, templateId, 'y');
    expect(await grantOf(world, large.id)).toMatchObject({ status: 'RUNNING' });
    await running;
    await expectEveryoneOnce(world, large);
    await expectEveryoneOnce(world, small);
  });

  it('goes on over MySQL alone while Redis is gone', async () => {
    const { id: templateId } = await activeTemplate(world, { totalCount: 20 });
    const grant = await startGrant(world, templateId, usersOf(25, 'alone'));
    const nowhere = connectRedis('redis://127.0.0.1:1/0');
    const alone = await openWorld({ ...stores, redis: nowhere });
    while ((await grantOf(world, grant.id)).status !== 'DONE') await runGrants(alone);
    nowhere.close();
    expect(await grantOf(world, grant.id)).toMatchObject({
      status: 'DONE',
      granted: 20,
      refused: 5,
    });
    await expectEveryoneOnce(world, grant);
    await soundly();
  });
});
