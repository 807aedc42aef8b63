/** What is counted of claims, on a real Redis: exactly, once, and for as long as the window is. */
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CountClaims, type CountQuestion } from '../../src/guard/count-claims.js';
import { pseudonymsOf } from '../../src/guard/rules/pseudonyms.js';
import { redisKeys } from '../../src/storage/redis-keys.js';
import { RedisStore } from '../../src/storage/redis.js';
import { openStores, type Stores } from '../kit/stores.js';
import { KEY, NOW_MS } from './attempt.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Asked {
  readonly user?: string;
  readonly key?: string;
  readonly address?: string | null;
  readonly device?: string | null;
  readonly template?: string;
}

function questionOf(asked: Asked = {}, more: Partial<CountQuestion> = {}): CountQuestion {
  const {
    user = 'anna',
    key = 'k',
    address = '203.0.113.7',
    device = null,
    template = 'T',
  } = asked;
  return {
    templateId: template,
    names: pseudonymsOf(KEY, { userId: user, claimKey: key, address, deviceId: device }),
    limits: { perNetworkPerHour: 10, perDevicePerDay: 5 },
    nowMs: NOW_MS,
    wantsSignals: false,
    token: null,
    ...more,
  };
}

describe('counting', () => {
  let stores: Stores;
  let counts: CountClaims;
  beforeAll(async () => {
    stores = await openStores();
    counts = new CountClaims(stores.redis);
  });
  beforeEach(() => stores.redis.client.flushdb());
  afterAll(() => stores.close());

  const networkOf = async (question: CountQuestion) => (await counts.count(question)).rates.network;

  it('lets exactly ten of a thousand claims in that come from one network at once', async () => {
    const others = new CountClaims(stores.redis);
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) =>
        (i % 2 === 0 ? counts : others).count(questionOf({ user: `u${i}` })),
      ),
    );
    const states = answers.map(({ rates }) => rates.network!.state);
    expect(states.filter((state) => state === 'LET_IN')).toHaveLength(10);
    expect(states.filter((state) => state === 'FULL')).toHaveLength(990);
  });

  it('takes one round trip for all claims that come together', async () => {
    let trips = 0;
    class Counting extends RedisStore {
      override ask<T>(...asked: Parameters<RedisStore['ask']>): Promise<T> {
        trips += 1;
        return super.ask(...asked) as Promise<T>;
      }
    }
    const own = new CountClaims(new Counting(stores.redis.client));
    const full = { wantsSignals: true, token: { name: 'token', ttlMs: 1_000 } };
    await own.count(questionOf({ device: 'd' }, full));
    expect(trips).toBe(1);
    await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        own.count(questionOf({ user: `u${i}`, device: 'd' }, full)),
      ),
    );
    expect(trips).toBe(2);
  });

  it('answers a claim in a cluster although the master that another claim needs stands still', async () => {
    let goOn = (): void => undefined;
    const still = new Promise<void>((resolve) => (goOn = resolve));
    class Half extends RedisStore {
      override get isCluster(): boolean {
        return true;
      }
      override async ask<T>(...[key, command]: Parameters<typeof RedisStore.prototype.ask<T>>) {
        if (key.startsWith('{dev:')) await still;
        return super.ask(key, command);
      }
    }
    const own = new CountClaims(new Half(stores.redis.client));
    const waiting = own.count(questionOf({ user: 'bert', device: 'd' }));
    const answers = [await own.count(questionOf()), await own.count(questionOf({ key: 'l' }))];
    expect(answers.map(({ rates }) => rates.network!.state)).toEqual(['LET_IN', 'LET_IN']);
    goOn();
    expect((await waiting).rates.device!.state).toBe('LET_IN');
  });

  it('asks Redis nothing of a claim of which nothing is known', async () => {
    class Silent extends RedisStore {
      override ask<T>(): Promise<T> {
        throw new Error('nobody should ask');
      }
    }
    const dead = new CountClaims(new Silent(stores.redis.client));
    const answer = await dead.count(questionOf({ address: null, device: null }));
    expect(answer).toEqual({ rates: {}, signals: null, isTokenSpent: false });
    const unlimited = { limits: { perNetworkPerHour: 0, perDevicePerDay: 0 } };
    await expect(dead.count(questionOf({ device: 'd' }, unlimited))).resolves.toBeDefined();
  });

  it('counts a claim once, however often it comes, also beyond the limit', async () => {
    const limits = { perNetworkPerHour: 1, perDevicePerDay: 0 };
    const ask = (key: string) => networkOf(questionOf({ key }, { limits }));
    const first = await Promise.all([ask('a'), ask('a'), ask('a')]);
    expect(first.map((one) => one!.state)).toEqual(['LET_IN', 'AGAIN', 'AGAIN']);
    expect((await ask('b'))!.state).toBe('FULL');
    expect((await ask('a'))!.state).toBe('AGAIN');
  });

  it('knows the scripts again after Redis forgot them', async () => {
    await stores.redis.client.script('FLUSH');
    const answer = await counts.count(questionOf({ device: 'd' }, { wantsSignals: true }));
    expect(answer.rates.device!.state).toBe('LET_IN');
    expect(answer.signals).toEqual({
      userClaims: 1,
      networkClaims: 1,
      deviceClaims: 1,
      deviceUsers: 1,
    });
  });

  it('counts all others as before where a key of one is of another type, and that one anew', async () => {
    const full = { limits: { perNetworkPerHour: 1, perDevicePerDay: 1 }, wantsSignals: true };
    const damaged = questionOf({ user: 'dora', address: '203.0.113.8', device: 'd' }, full);
    const stateOf = async (question: CountQuestion) => (await networkOf(question))!.state;
    expect(await stateOf(questionOf({ key: 'a' }, full))).toBe('LET_IN');
    await counts.count(damaged);
    const { network, device } = damaged.names;
    for (const key of [redisKeys.networkClaims(network!, 'T'), redisKeys.deviceUsers(device!)])
      await stores.redis.client.set(key, 'of another type');
    const asked = [questionOf({ key: 'b' }, full), damaged, questionOf({ key: 'a' }, full)];
    expect(await Promise.all(asked.map(stateOf))).toEqual(['FULL', 'LET_IN', 'AGAIN']);
  });

  it('counts all others as before where it cannot be told whether a token was spent', async () => {
    const limits = { perNetworkPerHour: 1, perDevicePerDay: 0 };
    const address = '203.0.113.9';
    await stores.redis.client.rpush(redisKeys.spentToken('broken'), 'of another type');
    await counts.count(questionOf({ key: 'a', address }, { limits }));
    const token = { name: 'broken', ttlMs: 60_000 };
    const [other, own] = await Promise.all([
      counts.count(questionOf({ key: 'b', address }, { limits })),
      counts.count(questionOf({ key: 'c', address }, { limits, token })),
    ]);
    expect(other).toMatchObject({ rates: { network: { state: 'FULL' } } });
    expect(other.failure).toBeUndefined();
    expect(own.failure).toBeInstanceOf(Error);
  });

  it('has a window that slides, to the millisecond', async () => {
    let run = 0;
    const step = fc.record({
      claim: fc.nat(8),
      passMs: fc.oneof(
        fc.nat(HOUR_MS),
        fc.constant(HOUR_MS),
        fc.constant(HOUR_MS - 1),
        fc.constant(0),
      ),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(step, { minLength: 1, maxLength: 25 }),
        async (limit, steps) => {
          const template = `P${(run += 1)}`;
          const limits = { perNetworkPerHour: limit, perDevicePerDay: 0 };
          let nowMs = NOW_MS;
          let inside: { claim: number; atMs: number }[] = [];
          for (const { claim, passMs } of steps) {
            nowMs += passMs;
            inside = inside.filter(({ atMs }) => nowMs - atMs < HOUR_MS);
            const isAgain = inside.some((one) => one.claim === claim);
            const isFull = !isAgain && inside.length >= limit;
            if (!isAgain && !isFull) inside.push({ claim, atMs: nowMs });
            const asked = questionOf({ key: String(claim), template }, { limits, nowMs });
            expect(await networkOf(asked)).toEqual({
              state: isAgain ? 'AGAIN' : isFull ? 'FULL' : 'LET_IN',
              freeAtMs: isFull ? inside[0]!.atMs + HOUR_MS : 0,
            });
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('counts a network for each template, and a device for all', async () => {
    const limits = { perNetworkPerHour: 1, perDevicePerDay: 1 };
    const ask = async (template: string, nowMs = NOW_MS) =>
      (await counts.count(questionOf({ key: template, template, device: 'd' }, { limits, nowMs })))
        .rates;
    expect(await ask('A')).toMatchObject({
      network: { state: 'LET_IN' },
      device: { state: 'LET_IN' },
    });
    expect(await ask('B')).toMatchObject({
      network: { state: 'LET_IN' },
      device: { state: 'FULL', freeAtMs: NOW_MS + DAY_MS },
    });
    expect(await ask('C', NOW_MS + DAY_MS)).toMatchObject({ device: { state: 'LET_IN' } });
  });

  it('gives the places of a refused claim back', async () => {
    const limits = { perNetworkPerHour: 1, perDevicePerDay: 1 };
    const one = questionOf({ key: 'one', device: 'd' }, { limits });
    counts.giveBack(one, await counts.count(one));
    const two = await counts.count(questionOf({ key: 'two', device: 'd' }, { limits }));
    expect(two.rates).toMatchObject({ network: { state: 'LET_IN' }, device: { state: 'LET_IN' } });
  });

  it('sees how many claims and accounts there were of a device, a network and a user lately', async () => {
    const ask = async (asked: Asked, nowMs = NOW_MS) =>
      (await counts.count(questionOf(asked, { wantsSignals: true, nowMs }))).signals;
    for (let i = 0; i < 3; i += 1)
      await ask({ user: 'anna', key: `k${i}`, device: 'd', template: `T${i}` });
    const signals = { userClaims: 1, networkClaims: 4, deviceClaims: 4, deviceUsers: 2 };
    expect(await ask({ user: 'bert', device: 'd' })).toEqual(signals);
    expect(await ask({ user: 'bert', device: 'd' })).toEqual(signals);
    expect(await ask({ user: 'bert', key: 'later', device: 'd' }, NOW_MS + 60_000)).toEqual({
      userClaims: 1,
      networkClaims: 1,
      deviceClaims: 1,
      deviceUsers: 2,
    });
  });

  it('spends a token on one claim, which may show it again', async () => {
    const token = { name: 'token', ttlMs: 60_000 };
    const ask = async (key: string) =>
      (await counts.count(questionOf({ key }, { token }))).isTokenSpent;
    expect([await ask('a'), await ask('a'), await ask('b'), await ask('a')]).toEqual([
      false,
      false,
      true,
      false,
    ]);
    const both = await Promise.all(
      ['x', 'y'].map((key) =>
        counts.count(questionOf({ key }, { token: { ...token, name: 'other' } })),
      ),
    );
    expect(both.filter(({ isTokenSpent }) => isTokenSpent)).toHaveLength(1);
  });

  it('lets a claim in beyond a full limit with a token, but not with one that was spent', async () => {
    const limits = { perNetworkPerHour: 1, perDevicePerDay: 0 };
    const ask = (key: string, name: string | null) =>
      networkOf(
        questionOf({ key }, { limits, token: name === null ? null : { name, ttlMs: 60_000 } }),
      );
    await ask('first', null);
    expect((await ask('second', 'token'))!.state).toBe('LET_IN');
    expect(await ask('third', 'token')).toEqual({ state: 'FULL', freeAtMs: NOW_MS + HOUR_MS });
  });

  it('leaves nothing in Redis that names a person, and nothing without an end', async () => {
    await counts.count(
      questionOf(
        {
          user: 'anna-secret',
          key: 'key-secret',
          address: '203.0.113.99',
          device: 'device-secret',
        },
        { wantsSignals: true, token: { name: 'hash', ttlMs: 60_000 } },
      ),
    );
    const { client } = stores.redis;
    const keys = await client.keys('*');
    expect(keys).toHaveLength(7);
    for (const key of keys) {
      expect(await client.pttl(key), key).toBeGreaterThan(0);
      expect(await client.pttl(key), key).toBeLessThanOrEqual(DAY_MS);
      const kept = key.startsWith('spent:')
        ? [await client.get(key)]
        : await client.zrangebyscore(key, '-inf', '+inf');
      expect([key, ...kept].join(' ')).not.toMatch(/secret|203\.0/);
    }
  });
});
