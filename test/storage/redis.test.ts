/** The door to one Redis server: what a caller is told when the link breaks or nobody answers. */
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REDIS_COMMAND_DEADLINE_MS } from '../../src/config/limits.js';
import { connectRedis, RedisUnavailable } from '../../src/storage/redis.js';
import { openStores, type Stores } from '../kit/stores.js';

/** Adds one, and keeps the server busy for ARGV[1] milliseconds before it answers. */
const SLOW_ADD = `local function ms() local t = redis.call('TIME') return t[1] * 1000 + t[2] / 1000 end
  local till = ms() + ARGV[1]
  redis.call('INCR', KEYS[1])
  while ms() < till do end
  return 1`;

describe('a command to Redis', () => {
  let stores: Stores;
  beforeAll(async () => {
    stores = await openStores();
  });
  afterAll(() => stores.close());

  const failure = (asked: Promise<unknown>) =>
    asked.then(
      () => 'it was answered',
      (error: unknown) => error,
    );

  it('whose link was cut while it ran is run once, and may have been', async () => {
    const store = connectRedis(stores.redisUrl);
    const client = store.client as Redis;
    await client.ping();
    const asked = failure(store.ask('slow', (redis) => redis.eval(SLOW_ADD, 1, 'slow', 400)));
    await sleep(100);
    client.stream.destroy();
    expect(await asked).toMatchObject({ name: 'RedisUnavailable', mayBeDone: true });
    // Long enough for a client that would send it again, over the link that it makes anew.
    await until(() => client.status === 'ready');
    await client.ping();
    expect(await stores.redis.client.get('slow')).toBe('1');
    store.close();
  });

  it('fails within its deadline where somebody listens and nobody answers', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => {
      silent.listen(0, '127.0.0.1', resolve);
    });
    const store = connectRedis(`redis://127.0.0.1:${(silent.address() as AddressInfo).port}/0`);
    const asked = failure(store.ask('x', (client) => client.get('x')));
    const hangs = sleep(REDIS_COMMAND_DEADLINE_MS * 5, 'no answer', { ref: false });
    expect(await Promise.race([asked, hangs])).toBeInstanceOf(RedisUnavailable);
    store.close();
    silent.close();
  });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(10);
}
