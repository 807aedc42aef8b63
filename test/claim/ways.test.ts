/** One path, four ways: what a way demands beside the claim, wherever a coupon is committed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reservation, Via } from '../../src/claim/claim.types.js';
import { ReserveClaims } from '../../src/claim/reserve-claims.js';
import { digest } from '../../src/kernel/digest.js';
import { newId } from '../../src/kernel/ids.js';
import { redisKeys } from '../../src/storage/redis-keys.js';
import { connectRedis } from '../../src/storage/redis.js';
import type { ClaimMethod, Template } from '../../src/template/template.types.js';
import { makeBatch as generate } from '../kit/batch.js';
import { draftOf } from '../kit/draft.js';
import { openStores, type Stores } from '../kit/stores.js';
import { activeTemplate, callerOf, claim, openWorld, operator, type World } from '../kit/world.js';

describe('a coupon that is issued by a way of its own', () => {
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

  const byCode = (more: object = {}) => activeTemplate(world, { claimMethod: 'CODE', ...more });
  const makeBatch = async ({ id, rules }: Template, total: number) => {
    if (rules.claimMethod !== 'CODE') return newId(1);
    return (await generate(world, id, total)).id;
  };
  const makeGrant = async ({ id }: Template, ...userIds: string[]) => {
    const request = { templateId: id, reason: 'a test', idempotencyKey: newId(1) };
    const users = userIds.map((userId) => ({ userId, place: userId }));
    const started = await world.app.startGrant.run(operator, request, users);
    if (!started.ok) throw new Error(started.rejection.code);
    return started.value.grant.id;
  };
  const stop = (batchId: string) =>
    world.app.codes.stop.run(operator, { id: batchId, reason: 'leaked' });
  const code = (originId: string, serial: number | null): Via => ({
    kind: 'CODE',
    originId,
    serial,
  });
  let keys = 0;
  const issue = async (
    { id }: Template,
    userId: string,
    via: Via,
    key = `key-${(keys += 1)}`,
    app = world.app,
  ) => {
    const result = await app.issueCoupon.run({
      templateId: id,
      userId,
      via,
      claimKey: digest(key),
      claimFingerprint: digest(JSON.stringify(via)),
      channel: null,
      visitor: null,
    });
    if (!result.ok) return result.rejection.code;
    return result.value.replayed ? 'REPLAYED' : 'CLAIMED';
  };
  const issuedOf = async ({ id }: Template) => {
    const [row] = await stores.database.rows(
      `SELECT issued, (SELECT COUNT(*) FROM coupon WHERE template_id = t.id) AS coupons,
         (SELECT COUNT(*) FROM coupon_origin o JOIN coupon c ON c.id = o.coupon_id
          WHERE c.template_id = t.id) AS origins FROM template t WHERE id = ?`,
      [id],
    );
    return [row!['issued'], row!['coupons'], row!['origins']].map(Number);
  };
  const countedBy = async (batchId: string) => {
    const [row] = await stores.database.rows('SELECT issued FROM batch WHERE id = ?', [batchId]);
    return Number(row!['issued']);
  };
  const soundly = async () => expect((await world.verify()).violations).toEqual([]);

  it('comes only by the way of its template, from an operator or by a trigger', async () => {
    const ways = (originId: string, grantId: string): Via[] => [
      { kind: 'OPEN' },
      code(originId, 1),
      { kind: 'SHARE', originId },
      { kind: 'GRANT', originId: grantId },
      { kind: 'TRIGGER', originId: newId(1) },
    ];
    const share = { acceptLimit: 3 };
    const shareBy = async (id: string, userId: string) => {
      const made = await world.app.createShare.run(callerOf(userId), id);
      return made.ok ? made.value.id : undefined;
    };
    const answers: Record<string, string[]> = {};
    for (const claimMethod of ['OPEN', 'CODE', 'SHARE', 'GRANT_ONLY'] as ClaimMethod[]) {
      const more = claimMethod === 'SHARE' ? { share } : {};
      const template = await activeTemplate(world, { claimMethod, perUserLimit: 9, ...more });
      const origin = (await shareBy(template.id, 'olga')) ?? (await makeBatch(template, 5));
      answers[claimMethod] = [];
      const grantId = await makeGrant(template, 'anna');
      for (const via of ways(origin, grantId))
        answers[claimMethod].push(await issue(template, 'anna', via));
    }
    const no = 'NOT_TARGETED';
    expect(answers).toEqual({
      OPEN: ['CLAIMED', no, no, 'CLAIMED', 'CLAIMED'],
      CODE: [no, 'CLAIMED', no, 'CLAIMED', 'CLAIMED'],
      SHARE: [no, no, 'CLAIMED', 'CLAIMED', 'CLAIMED'],
      GRANT_ONLY: [no, no, no, 'CLAIMED', 'CLAIMED'],
    });
  });

  it('has the first answer when its key comes again, and no other for another input', async () => {
    const template = await byCode({ perUserLimit: 5 });
    const batchId = await makeBatch(template, 5);
    expect(await issue(template, 'bea', code(batchId, 1), 'k')).toBe('CLAIMED');
    expect(await issue(template, 'bea', code(batchId, 1), 'k')).toBe('REPLAYED');
    expect(await issue(template, 'bea', code(batchId, 2), 'k')).toBe('IDEMPOTENCY_CONFLICT');
    expect(await issue(template, 'bea', code(batchId, 1), 'other')).toBe('CODE_INVALID');
    expect([await issuedOf(template), await countedBy(batchId)]).toEqual([[1, 1, 1], 1]);
  });

  it('goes to one of a hundred who ask for it with one code at once', async () => {
    const template = await byCode({ totalCount: 100 });
    const batchId = await makeBatch(template, 100);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => issue(template, `user-${i}`, code(batchId, 7))),
    );
    expect(answers.filter((answer) => answer === 'CLAIMED')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'CODE_INVALID')).toHaveLength(99);
    expect([await issuedOf(template), await countedBy(batchId)]).toEqual([[1, 1, 1], 1]);
    await soundly();
  });

  it.each([null, 10])(
    'goes to as many as its batch counts, and what the others reserved comes back (total %s)',
    async (totalCount) => {
      const template = await byCode({ totalCount });
      const [batchId, next] = [await makeBatch(template, 8), await makeBatch(template, 2)];
      const ask = () =>
        Promise.all(
          Array.from({ length: 100 }, (_, i) => issue(template, `u-${i}`, code(batchId, null))),
        );
      const answers = [...(await ask()), ...(await ask())];
      expect(answers.filter((answer) => answer === 'CLAIMED')).toHaveLength(8);
      expect([await issuedOf(template), await countedBy(batchId)]).toEqual([[8, 8, 8], 8]);
      for (const user of ['vera', 'wim'])
        expect(await issue(template, user, code(next, null))).toBe('CLAIMED');
      await soundly();
    },
  );

  const reserved = async (template: Template, userId: string, via: Via): Promise<Reservation> => {
    const draft = draftOf(template, userId, world.clock.nowMs(), { via });
    const reply = await new ReserveClaims(stores.redis).reserve(draft, template);
    if (reply.kind !== 'RESERVED') throw new Error(reply.kind);
    return { draft, ...reply, faceValueMinor: null, mayExist: false };
  };
  const commit = async (reservations: Reservation[]) =>
    (await Promise.all(reservations.map((one) => world.app.committer.commit(one)))).map(
      (outcome) => (outcome.kind === 'REFUSED' ? outcome.code : outcome.kind),
    );

  it('fails alone in its batch, and is counted once however often it is tried', async () => {
    const template = await byCode({ totalCount: 20 });
    const [mine, other] = [await makeBatch(template, 9), await makeBatch(template, 2)];
    const vias = [
      code(mine, 1),
      code(mine, 1),
      code(mine, 2),
      ...Array<Via>(3).fill(code(other, null)),
    ];
    const batch: Reservation[] = [];
    for (const [i, via] of vias.entries()) batch.push(await reserved(template, `u-${i}`, via));
    const expected = [
      'COMMITTED',
      'CODE_INVALID',
      'COMMITTED',
      'COMMITTED',
      'COMMITTED',
      'CODE_INVALID',
    ];
    expect(await commit(batch)).toEqual(expected);
    expect(await commit(batch)).toEqual(expected);
    expect(await commit(batch.map((one) => ({ ...one, mayExist: true })))).toEqual(expected);
    expect(await issuedOf(template)).toEqual([4, 4, 4]);
    expect([await countedBy(mine), await countedBy(other)]).toEqual([2, 2]);
  });

  it('is counted once where it was taken over from the journal while it waited', async () => {
    const template = await byCode({ totalCount: 20 });
    const batchId = await makeBatch(template, 1);
    const one = await reserved(template, 'paul', code(batchId, null));
    expect(await commit([one, { ...one, mayExist: true }])).toEqual(['COMMITTED', 'COMMITTED']);
    expect([await issuedOf(template), await countedBy(batchId)]).toEqual([[1, 1, 1], 1]);
    const next = await makeBatch(template, 2);
    const two = await reserved(template, 'rosa', code(next, null));
    await commit([{ ...two, mayExist: true }, two]);
    expect(await issue(template, 'sven', code(next, null))).toBe('CLAIMED');
    await soundly();
  });

  it('is settled after a crash as it would have been without', async () => {
    const template = await byCode({ totalCount: 6 });
    const [going, stopped] = [await makeBatch(template, 3), await makeBatch(template, 3)];
    await reserved(template, 'cleo', code(going, 1));
    await reserved(template, 'dora', code(going, 1));
    await reserved(template, 'emma', code(stopped, 1));
    await stop(stopped);
    await world.app.settleJournals.run(0);
    expect([await issuedOf(template), await countedBy(going)]).toEqual([[1, 1, 1], 1]);
    expect(await stores.redis.client.xlen(redisKeys.journal(template.id))).toBe(0);
    for (const serial of [0, 2])
      expect(await issue(template, `f-${serial}`, code(going, serial))).toBe('CLAIMED');
    await soundly();
  });

  it('is left in the journal by processes of the version before, which would forget its guard', async () => {
    const template = await byCode();
    await activeTemplate(world);
    await reserved(template, 'gina', { kind: 'GRANT', originId: newId(1) });
    const open = await activeTemplate(world);
    await reserved(open, 'gina', { kind: 'OPEN' });
    const versions = await Promise.all(
      [template, open].map(async ({ id }) => {
        const entries = await stores.redis.client.xrange(redisKeys.journal(id), '-', '+');
        return entries.map(([, fields]) => fields[fields.indexOf('v') + 1]);
      }),
    );
    expect(versions).toEqual([['2'], ['1']]);
    await world.app.settleJournals.run(0);
  });

  it('keeps all of this over MySQL alone', async () => {
    const nowhere = connectRedis('redis://127.0.0.1:1/0');
    const alone = await openWorld({ ...stores, redis: nowhere });
    const template = await byCode({ totalCount: 50, perUserLimit: 3 });
    const [codes, shared] = [await makeBatch(template, 20), await makeBatch(template, 2)];
    const ask = (user: string, via: Via, key?: string) =>
      issue(template, user, via, key, alone.app);
    const first = await Promise.all(
      ['hans', 'ida', 'jack'].map((user) => ask(user, code(codes, 4), `k-${user}`)),
    );
    expect(first.toSorted()).toEqual(['CLAIMED', 'CODE_INVALID', 'CODE_INVALID']);
    const rest = [];
    for (const user of ['kim', 'lea', 'mia']) rest.push(await ask(user, code(shared, null)));
    expect(rest).toEqual(['CLAIMED', 'CLAIMED', 'CODE_INVALID']);
    expect(await issuedOf(template)).toEqual([3, 3, 3]);
    expect([await countedBy(codes), await countedBy(shared)]).toEqual([1, 2]);
    nowhere.close();
    await soundly();
  });

  it('costs the open way no statement', async () => {
    const template = await activeTemplate(world);
    const seen: string[] = [];
    const unobserve = stores.database.observe((sql) => seen.push(sql));
    await claim(world, template.id, 'nora');
    unobserve();
    expect(seen.filter((sql) => /coupon_origin|UPDATE batch|batch_use/.test(sql))).toEqual([]);
  });
});
