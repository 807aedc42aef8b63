/** What the service asks of its Redis at the start, and what it does about the answers. */
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/environment.js';
import { startService } from '../../src/service.js';
import { checkRedis } from '../../src/storage/check-redis.js';
import { connectRedis, type RedisStore } from '../../src/storage/redis.js';
import { startRedisCluster, type TestCluster } from '../kit/redis-cluster.js';
import { openStores, type Stores } from '../kit/stores.js';

describe('the check of Redis at the start', () => {
  let cluster: TestCluster;
  let stores: Stores;
  const opened: RedisStore[] = [];
  beforeAll(async () => {
    [cluster, stores] = await Promise.all([startRedisCluster(), openStores()]);
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) store.close();
    await setPolicy('noeviction');
  });
  afterAll(async () => {
    await stores?.close();
    await cluster?.stop();
  });

  const connect = (url: string): RedisStore => {
    opened.push(connectRedis(url));
    return opened.at(-1)!;
  };
  /** Of one master among three. */
  const setPolicy = (policy: string) =>
    cluster.masters[1]!.client.config('SET', 'maxmemory-policy', policy);
  const startOn = async (redis: RedisStore, nodeEnv: 'production' | 'test') => {
    const lines: { level: number; msg: string }[] = [];
    const write = (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]);
    const config = readConfig({
      NODE_ENV: nodeEnv,
      PORT: '0',
      ROLE: 'worker',
      MYSQL_URL: stores.mysqlUrl,
      REDIS_URL: cluster.url,
      JWKS_URL: 'http://127.0.0.1:1/jwks',
      JWT_ISSUER: 'https://id.example',
      JWT_AUDIENCE: 'coupons',
      ROUTER_SECRETS: 's'.repeat(32),
      GUARD_KEY: 'k'.repeat(32),
      DATA_KEYS: `k1:${'A'.repeat(43)}`,
      CODE_KEYS: `k1:${'A'.repeat(43)}`,
    });
    const { database, sealer, codeKeys } = stores;
    const installation = { database, sealer, codeKeys, redis };
    const service = await startService({ config, installation, log: pino({}, { write }) });
    await service.stop();
    return lines;
  };

  it.each(['noeviction', 'volatile-lru', 'volatile-ttl'])('is content with %s', async (policy) => {
    await setPolicy(policy);
    expect(await checkRedis(connect(cluster.url))).toEqual([]);
  });

  it.each(['allkeys-lru', 'allkeys-random'])(
    'finds the one master of a cluster that evicts by %s',
    async (policy) => {
      await setPolicy(policy);
      const [finding, ...more] = await checkRedis(connect(cluster.url));
      expect(more).toEqual([]);
      expect(finding).toMatchObject({ kind: 'unfit' });
      expect(finding!.message).toContain(`:${cluster.masters[1]!.port} `);
    },
  );

  it('finds a node of a cluster that is taken for a server by itself', async () => {
    const one = cluster.url.split(',')[0]!;
    expect(await checkRedis(connect(one))).toMatchObject([{ kind: 'unfit' }]);
    expect(await checkRedis(connect(`${one}?cluster=true`))).toEqual([]);
  });

  it('says what it could not find out, where CONFIG is forbidden or nobody answers', async () => {
    const { client } = cluster.masters[0]!;
    await client.acl('SETUSER', 'app', 'on', '>secret', '~*', '+@all', '-config');
    const forbidden = connect(`redis://app:secret@127.0.0.1:${cluster.masters[0]!.port}`);
    expect((await checkRedis(forbidden))[0]).toMatchObject({ kind: 'unknown' });
    for (const nowhere of ['redis://127.0.0.1:1', 'redis://127.0.0.1:1?cluster=true']) {
      expect(await checkRedis(connect(nowhere))).toMatchObject([{ kind: 'unknown' }]);
    }
  });

  it('keeps production from starting, and tells everybody else loudly', async () => {
    await setPolicy('allkeys-lfu');
    const redis = connect(cluster.url);
    await expect(startOn(redis, 'production')).rejects.toThrow(/allkeys-lfu/);
    expect(await startOn(redis, 'test')).toContainEqual(
      expect.objectContaining({ level: 50, msg: expect.stringContaining('allkeys-lfu') as string }),
    );
  });

  it('lets production start where the policy cannot be asked for, and says so', async () => {
    const nowhere = connect('redis://127.0.0.1:1');
    expect(await startOn(nowhere, 'production')).toContainEqual(
      expect.objectContaining({ level: 40, msg: expect.stringContaining('maxmemory') as string }),
    );
  });
});
