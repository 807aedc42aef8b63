/** Failed tries with codes: how many, and what those who fail are told. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CODE_FAILURES_MAX, CODE_FAILURES_WINDOW_MS } from '../../src/config/limits.js';
import { LimitCodeTries, type CodeTry } from '../../src/guard/limit-code-tries.js';
import { TooManyTries } from '../../src/kernel/too-many-tries.js';
import { redisKeys } from '../../src/storage/redis-keys.js';
import { connectRedis } from '../../src/storage/redis.js';
import { codesOf, makeBatch } from '../kit/batch.js';
import { openStores, type Stores } from '../kit/stores.js';
import { activeTemplate, callerOf, claim, openWorld, type World } from '../kit/world.js';

const GUESS = 'AAAA-AAAAA-AAAAAA-AAAAAA';

describe('failed tries with codes', () => {
  let stores: Stores;
  let world: World;
  const skipped: string[] = [];
  beforeAll(async () => {
    stores = await openStores();
    world = await openWorld(stores);
  });
  beforeEach(() => stores.redis.client.flushdb());
  afterAll(async () => {
    await world.close();
    await stores.close();
  });

  const events = { refused: () => undefined, skipped: (step: string) => void skipped.push(step) };
  const limiter = (redis = stores.redis) => new LimitCodeTries(redis, 'key', world.clock, events);
  const one = (more: Partial<CodeTry> = {}): CodeTry => ({
    userId: 'anna',
    address: null,
    deviceId: null,
    isPrinted: false,
    ...more,
  });
  const fail = async (count: number, of: (i: number) => CodeTry) => {
    const tries = await Promise.all(
      Array.from({ length: count }, (_, i) => limiter().begin(of(i))),
    );
    return tries.filter(({ refusal }) => refusal === undefined).length;
  };

  it.each([
    ['user', CODE_FAILURES_MAX.perUser, () => one()],
    [
      'device',
      CODE_FAILURES_MAX.perDevice,
      (i: number) => one({ userId: `u-${i}`, deviceId: 'd' }),
    ],
    [
      'network',
      CODE_FAILURES_MAX.perNetwork,
      (i: number) => one({ userId: `u-${i}`, address: '203.0.113.9' }),
    ],
  ])('of one %s are let in up to its limit, however many come at once', async (_, limit, of) => {
    const beganMs = world.clock.nowMs();
    expect(await fail(limit * 3, of)).toBe(limit);
    const { refusal } = await limiter().begin(of(0));
    expect(refusal).toMatchObject({ code: 'RATE_LIMITED', retryable: true });
    const freeMs = refusal!.retryAfterMs! - CODE_FAILURES_WINDOW_MS;
    expect(freeMs).toBeGreaterThanOrEqual(beganMs);
    expect(freeMs).toBeLessThanOrEqual(world.clock.nowMs());
    world.clock.forward(CODE_FAILURES_WINDOW_MS + 1);
    expect(await fail(1, of)).toBe(1);
  });

  it('of all together hold up guesses, and nobody who has a printed code', async () => {
    const key = redisKeys.codeFailures('all');
    const members = Array.from({ length: CODE_FAILURES_MAX.together }, (_, i) => [
      world.clock.nowMs(),
      `other-${i}`,
    ]);
    await stores.redis.client.zadd(key, ...members.flat());
    expect(await limiter().begin(one())).toMatchObject({ refusal: { code: 'RATE_LIMITED' } });
    expect((await limiter().begin(one({ isPrinted: true }))).refusal).toBeUndefined();
  });

  it('that were good do not count, nor do those that were refused', async () => {
    for (let i = 0; i < 30; i += 1) {
      const attempt = await limiter().begin(one());
      expect(attempt.refusal).toBeUndefined();
      if (attempt.refusal === undefined) attempt.wasGood();
    }
    await fail(CODE_FAILURES_MAX.perUser * 2, () => one({ deviceId: 'tablet' }));
    const { client } = stores.redis;
    for (const name of await client.keys('codes:*'))
      await expect.poll(() => client.zcard(name)).toBe(CODE_FAILURES_MAX.perUser);
  });

  it('name nobody in Redis', async () => {
    await limiter().begin(one({ deviceId: 'tablet', address: '203.0.113.9' }));
    const names = await stores.redis.client.keys('*');
    expect(names).toHaveLength(4);
    expect(names.join(' ')).not.toMatch(/anna|tablet|203/);
  });

  it('go on while Redis cannot count', async () => {
    const nowhere = connectRedis('redis://127.0.0.1:1/0');
    const tries = limiter(nowhere);
    for (let i = 0; i < 12; i += 1) expect((await tries.begin(one())).refusal).toBeUndefined();
    expect(new Set(skipped)).toEqual(new Set(['CODE']));
    nowhere.close();
  });

  const ask = (user: string, code: string, idempotencyKey: string) =>
    world.app.codes.claim.run(callerOf(user), {
      code,
      idempotencyKey,
      channel: null,
      deviceId: null,
    });

  it('have one answer for unknown, used and stopped codes and words, then are RATE_LIMITED', async () => {
    const { id } = await activeTemplate(world, { claimMethod: 'CODE', perUserLimit: 9 });
    const batch = await makeBatch(world, id, 3);
    const [used, good, last] = (await codesOf(world, batch)) as [string, string, string];
    expect(await ask('owner', used, 'k')).toMatchObject({ ok: true });
    const answers = [];
    for (const code of [GUESS, used, `${used}0`, 'NOSUCHWORD', '?'])
      answers.push(await ask('bert', code, `k-${code}`));
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
      new Set([
        JSON.stringify({ ok: false, rejection: { code: 'CODE_INVALID', retryable: false } }),
      ]),
    );
    for (let i = 5; i < CODE_FAILURES_MAX.perUser; i += 1) await ask('bert', GUESS, `g-${i}`);
    expect(await ask('bert', good, 'good')).toMatchObject({ rejection: { code: 'RATE_LIMITED' } });
    expect(await ask('cleo', last, 'last')).toMatchObject({ ok: true });
  });

  it('with codes of coupons are limited for customers, and told like nothing found', async () => {
    const { id } = await activeTemplate(world);
    const { couponId } = await claim(world, id, 'owner');
    const [row] = await stores.database.rows('SELECT code FROM coupon WHERE id = ?', [couponId]);
    const code = String(row!['code']);
    const look = (user: string, text: string) => world.app.readCoupons.byCode(callerOf(user), text);
    for (let i = 0; i < 15; i += 1) expect(await look('owner', code)).toMatchObject({ code });
    expect(await look('dora', code)).toBeNull();
    for (let i = 1; i < CODE_FAILURES_MAX.perUser; i += 1)
      expect(await look('dora', '0000000000000000')).toBeNull();
    await expect(look('dora', code)).rejects.toThrow(TooManyTries);
    const service = callerOf('till', ['coupons:redeem']);
    for (let i = 0; i < 15; i += 1) await world.app.readCoupons.byCode(service, 'A'.repeat(16));
    expect(await world.app.readCoupons.byCode(service, code)).toMatchObject({ code });
  });
});
