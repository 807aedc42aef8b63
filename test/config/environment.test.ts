/** The environment: what it is when nobody says anything, and what is told of mistakes. */
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, ENVIRONMENT_NAMES, readConfig } from '../../src/config/environment.js';

const PRODUCTION = {
  NODE_ENV: 'production',
  MYSQL_URL: 'mysql://app:secret@db:3306/coupons',
  REDIS_URL: 'rediss://cache:6379',
  JWKS_URL: 'https://id.example/jwks',
  JWT_ISSUER: 'https://id.example',
  JWT_AUDIENCE: 'coupons',
  ROUTER_SECRETS: `${'one'.repeat(11)}, ${'two'.repeat(11)} ,`,
  GUARD_KEY: 'a key of the guard, long enough to be one',
  DATA_KEYS: `k2:${'B'.repeat(43)}=, k1:${'A'.repeat(43)}`,
  CODE_KEYS: `c1:${'C'.repeat(43)}=`,
};

function mistakesOf(env: Record<string, string>): string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    const [, ...lines] = (error as Error).message.split('\n');
    return lines.map((line) => line.trim().split(':')[0]!).sort();
  }
}

describe('the environment', () => {
  it('needs nothing for development', () => {
    expect(readConfig({})).toEqual({
      isProduction: false,
      role: 'all',
      logLevel: 'info',
      dataDir: resolve('.data'),
      http: { host: '127.0.0.1', port: 4001 },
      mysqlUrl: undefined,
      mysqlTakesPackets: true,
      redisUrl: undefined,
      mysqlReplicaUrls: [],
      servers: 'auto',
      operationsManifest: undefined,
      auth: {
        jwksUrl: undefined,
        issuer: 'coupons-local',
        audience: 'coupons',
        tokenMaxAgeS: 86_400,
        routerSecrets: [],
        trustedHops: 1,
      },
      guard: {
        key: `local key of ${resolve('.data')}`,
        limits: { perNetworkPerHour: 10, perDevicePerDay: 5 },
        riskUrl: undefined,
        riskDeadlineMs: 50,
        verifierUrl: undefined,
        proofOfWorkBits: 20,
      },
      dataKeys: [],
      codeKeys: [],
      webhookTrustedHosts: ['127.0.0.1', 'localhost'],
      holdTtlMs: 1_800_000,
      maxCouponsPerOrder: 10,
      auditKeptMs: 1_095 * 86_400_000,
    });
  });

  it('takes an empty variable for one that is not set', () => {
    const empty = Object.fromEntries(ENVIRONMENT_NAMES.map((name) => [name, '']));
    expect(readConfig(empty)).toEqual(readConfig({}));
  });

  it('is handed on whole in production, with every live secret of the router', () => {
    expect(readConfig(PRODUCTION)).toMatchObject({
      isProduction: true,
      mysqlUrl: PRODUCTION.MYSQL_URL,
      redisUrl: PRODUCTION.REDIS_URL,
      auth: { issuer: 'https://id.example', routerSecrets: ['one'.repeat(11), 'two'.repeat(11)] },
    });
  });

  it('tells what production demands and what is malformed in one go', () => {
    const read = () => readConfig({ NODE_ENV: 'production', PORT: 'x' });
    expect(read).toThrow(/MYSQL_URL: is required in production/);
    expect(read).toThrow(/PORT: /);
  });

  it('demands in production what has no safe default, all of it at once', () => {
    const { NODE_ENV, ...demanded } = PRODUCTION;
    expect(mistakesOf({ NODE_ENV })).toEqual(Object.keys(demanded).sort());
    for (const name of Object.keys(demanded)) {
      expect(mistakesOf({ ...PRODUCTION, [name]: '' })).toEqual([name]);
    }
    for (const ROUTER_SECRETS of [' , ,', 'short', `${'x'.repeat(32)},${'y'.repeat(31)}`])
      expect(mistakesOf({ ...PRODUCTION, ROUTER_SECRETS })).toEqual(['ROUTER_SECRETS']);
  });

  it('tells all mistakes at once', () => {
    const wrong = {
      NODE_ENV: 'staging',
      PORT: '65536',
      MYSQL_URL: 'postgres://db',
      REDIS_URL: 'localhost:6379',
      SERVERS: 'mine',
      ROLE: 'cook',
      LOG_LEVEL: 'loud',
      JWKS_URL: 'keys',
      HOLD_TTL_MS: '999',
      MAX_COUPONS_PER_ORDER: '0',
    };
    expect(mistakesOf(wrong)).toEqual(Object.keys(wrong).sort());
  });

  it.each([
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['PORT', 'http'],
    ['MYSQL_URL', 'mysqlx://db'],
    ['MYSQL_REPLICA_URLS', 'mysql://one,redis://two'],
    ['MYSQL_REPLICA_URLS', Array(9).fill('mysql://one').join()],
    ['REDIS_URL', 'http://cache'],
    ['REDIS_URL', 'redis://one,'],
    ['REDIS_URL', 'redis://one,http://two'],
    ['REDIS_URL', 'redis://:secret@one,redis://two'],
    ['REDIS_URL', 'redis://one,rediss://two'],
    ['REDIS_URL', 'redis://one/3,redis://two/3'],
    ['REDIS_URL', 'redis://one/3?cluster=true'],
    ['DATA_KEYS', 'A'.repeat(43)],
    ['DATA_KEYS', `k1:${'A'.repeat(42)}`],
    ['DATA_KEYS', `K1:${'A'.repeat(43)}`],
    ['DATA_KEYS', `k1:${'A'.repeat(43)},k1:${'B'.repeat(43)}`],
    ['HOLD_TTL_MS', '604800001'],
    ['MAX_COUPONS_PER_ORDER', '51'],
  ])('refuses %s=%s', (name, value) => {
    expect(mistakesOf({ [name]: value })).toEqual([name]);
  });

  it.each(['redis://one/3', 'redis://one?cluster=true', 'rediss://:s@one:1,rediss://:s@two:2/0'])(
    'takes REDIS_URL=%s',
    (REDIS_URL) => {
      expect(readConfig({ REDIS_URL }).redisUrl).toBe(REDIS_URL);
    },
  );

  it('reads the keys of the data in their order', () => {
    const { dataKeys } = readConfig(PRODUCTION);
    expect(dataKeys.map(({ id, secret }) => [id, secret.length])).toEqual([
      ['k2', 32],
      ['k1', 32],
    ]);
  });

  it('tells no value of what is wrong, which may be a secret', () => {
    expect(() => readConfig({ MYSQL_URL: 'postgres://app:hunter2@db' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') as string }),
    );
    expect(() => readConfig({ REDIS_URL: 'redis://:hunter2@one,redis://two' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') as string }),
    );
  });

  it('cannot be changed afterwards', () => {
    const config = readConfig({}) as { role: string };
    expect(() => (config.role = 'api')).toThrow(TypeError);
  });
});
