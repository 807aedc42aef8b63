/** The one door to Redis, where Redis is a cluster: a real one of three masters, hurt in every way. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster } from 'ioredis';
import { readRedisAddress } from '../../src/storage/redis-address.js';
import { connectRedis, RedisUnavailable, type RedisStore } from '../../src/storage/redis.js';
import { startRedisCluster, type TestCluster } from '../kit/redis-cluster.js';

/** Adds one, and takes its time: so that a link can be cut while it runs. */
const SLOW_ADD = script(
  `redis.call('INCR', KEYS[1])
  local function ms() local t = redis.call('TIME') return t[1] * 1000 + t[2] / 1000 end
  local untilMs = ms() + tonumber(ARGV[1])
  while ms() < untilMs do end
  return redis.call('GET', KEYS[1])`,
  1,
);
const ADD_BOTH = script(`redis.call('INCR', KEYS[1]) return redis.call('INCR', KEYS[2])`, 2);

describe('an address of Redis', () => {
  it('names one server', () => {
    expect(readRedisAddress('redis://cache/0')).toEqual({
      isCluster: false,
      nodes: [{ host: 'cache', port: 6379 }],
      isEncrypted: false,
    });
  });

  it('names a cluster by several urls, with a secret that holds for all', () => {
    expect(readRedisAddress('rediss://app:p%40ss@a:1, rediss://app:p%40ss@[::1]:2')).toEqual({
      isCluster: true,
      nodes: [
        { host: 'a', port: 1 },
        { host: '::1', port: 2 },
      ],
      username: 'app',
      password: 'p@ss',
      isEncrypted: true,
    });
  });

  it('names a cluster by one url that says so', () => {
    expect(readRedisAddress('redis://cache:1?cluster=true')).toMatchObject({ isCluster: true });
  });
});

describe('a cluster of Redis', { timeout: 60_000 }, () => {
  let cluster: TestCluster;
  let store: RedisStore;
  beforeAll(async () => {
    cluster = await startRedisCluster();
    store = connectRedis(cluster.url);
  });
  afterAll(async () => {
    store?.close();
    await cluster?.stop();
  });

  let names = 0;
  /** A new key that the master at this place serves. */
  const keyOf = (place: number): string => {
    for (;;) {
      names += 1;
      const key = `{key-${names}}`;
      if (cluster.homeOf(key) === place) return key;
    }
  };
  const set = (key: string) => store.ask(key, (client) => client.set(key, 'there'));
  const failure = async (asked: Promise<unknown>): Promise<RedisUnavailable> => {
    const error = await asked.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(RedisUnavailable);
    return error as RedisUnavailable;
  };
  /** Until the pause after a failure is over, and the node takes commands again. */
  const answersAgain = async (key: string) => {
    await expect.poll(() => set(key).catch(() => 'not yet'), { timeout: 20_000 }).toBe('OK');
  };

  it('is asked at the master that serves the key, and runs scripts of several keys of one slot', async () => {
    for (const place of [0, 1, 2]) {
      const key = keyOf(place);
      expect(await store.run(ADD_BOTH, [`${key}a`, `${key}b`], [])).toBe(1);
      expect(await cluster.masters[place]!.client.get(`${key}a`)).toBe('1');
    }
  });

  it('never runs a script twice whose link was cut while it ran', async () => {
    const key = keyOf(0);
    await set(key + 'warm');
    const asked = failure(store.run(SLOW_ADD, [key], [400]));
    await new Promise((resolve) => setTimeout(resolve, 150));
    const port = cluster.masters[0]!.port;
    const node = (store.client as Cluster).nodes().find(({ options }) => options.port === port)!;
    node.stream.destroy();
    expect((await asked).mayBeDone).toBe(true);
    await answersAgain(key + 'again');
    expect(await cluster.masters[0]!.client.get(key)).toBe('1');
  });

  it('follows a slot to its new master, where a script runs once', async () => {
    const key = keyOf(0);
    await store.run(ADD_BOTH, [`${key}a`, `${key}b`], []);
    await cluster.moveSlot(key, 1);
    expect(await store.run(ADD_BOTH, [`${key}a`, `${key}b`], [])).toBe(2);
    expect(await cluster.masters[1]!.client.get(`${key}a`)).toBe('2');
  });

  it('tells that a script was not run while its keys are on the move, and leaves other slots alone', async () => {
    const [key, other] = [keyOf(0), keyOf(0)];
    await store.run(ADD_BOTH, [`${key}a`, `${key}b`], []);
    await cluster.moveSlot(key, 1, async () => {
      const refused = await failure(store.run(ADD_BOTH, [`${key}a`, `${key}b`], []));
      expect(refused.mayBeDone).toBe(false);
      expect(await set(other)).toBe('OK');
      expect(await failure(set(`${key}c`))).toMatchObject({ mayBeDone: false });
    });
    await answersAgain(`${key}c`);
    expect(await store.run(ADD_BOTH, [`${key}a`, `${key}b`], [])).toBe(2);
  });

  it('asks the other masters as before while one stands still', async () => {
    const [still, others] = [keyOf(0), [keyOf(1), keyOf(2)]];
    await set(still);
    const pid = Number(/process_id:(\d+)/.exec(await cluster.masters[0]!.client.info())![1]);
    process.kill(pid, 'SIGSTOP');
    try {
      expect((await failure(set(still))).mayBeDone).toBe(true);
      for (const key of others) expect(await set(key)).toBe('OK');
      expect(String((await failure(set(still))).cause)).toContain('pausing');
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await answersAgain(still);
  });

  it('asks the other masters as before while one is dead, and that one again when it is back', async () => {
    const [dead, others] = [keyOf(2), [keyOf(0), keyOf(1)]];
    await set(dead);
    await cluster.masters[2]!.kill();
    await failure(set(dead));
    for (const key of others) expect(await set(key)).toBe('OK');
    await failure(set(keyOf(2)));
    for (const key of others) expect(await set(key)).toBe('OK');
    await cluster.masters[2]!.run();
    await answersAgain(dead);
  });

  it('survives a slot that is on its way to a dead master', async () => {
    const key = keyOf(0);
    const ids = await Promise.all(cluster.masters.map(({ client }) => client.cluster('MYID')));
    const slot = await cluster.masters[0]!.client.cluster('KEYSLOT', key);
    await cluster.masters[0]!.client.cluster('SETSLOT', slot, 'MIGRATING', ids[2]!);
    await cluster.masters[2]!.kill();
    await failure(set(key));
    expect(await set(keyOf(1))).toBe('OK');
    await cluster.masters[2]!.run();
    await cluster.masters[0]!.client.cluster('SETSLOT', slot, 'STABLE');
    await answersAgain(key);
  });

  it('is missed at once, not queued for, while no node of it lives', async () => {
    const keys = [keyOf(0), keyOf(1), keyOf(2)];
    await Promise.all(cluster.masters.map((node) => node.kill()));
    await Promise.all(keys.map((key) => failure(set(key))));
    expect(await store.masters()).toEqual([]);
    await Promise.all(cluster.masters.map((node) => node.run()));
    await Promise.all(keys.map(answersAgain));
  });

  it('fails a command within its deadline where nothing answers at the address', async () => {
    const nowhere = connectRedis('redis://127.0.0.1:1,redis://127.0.0.1:2');
    const key = keyOf(0);
    expect(await failure(nowhere.ask(key, (client) => client.get(key)))).toMatchObject({
      mayBeDone: false,
    });
    nowhere.close();
  });
});

function script(lua: string, keyCount: number) {
  return { lua, sha: createHash('sha1').update(lua).digest('hex'), keyCount };
}
