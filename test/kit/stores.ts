/**
 * A database and a Redis of one's own for one test file: a fresh MySQL database, and a numbered Redis
 * database that no other file has at the same time.
 */
import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { CodeKeys } from '../../src/issue/code-keys.js';
import {
  connectDatabase,
  migrate,
  type PrimaryDatabase,
} from '../../src/storage/connect-database.js';
import type { Database } from '../../src/storage/database.js';
import { connectRedis, type RedisStore } from '../../src/storage/redis.js';
import { Sealer } from '../../src/storage/seal.js';
import { createConnection } from 'mysql2/promise';

export interface Stores {
  readonly database: Database;
  readonly redis: RedisStore;
  readonly sealer: Sealer;
  readonly codeKeys: CodeKeys;
  readonly mysqlUrl: string;
  readonly redisUrl: string;
  close(): Promise<void>;
}

export interface OwnStores extends Stores {
  readonly database: PrimaryDatabase;
}

/**
 * @param ownRedisUrl a Redis that nobody else uses; else a numbered database of the one that all share
 * @param server the MySQL server to make a database on; else the one that all share
 */
export async function openStores(
  ownRedisUrl?: string,
  server = inject('mysqlUrl'),
): Promise<OwnStores> {
  const name = `coupons_test_${randomBytes(6).toString('hex')}`;
  const admin = await createConnection(server);
  await admin.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  const mysqlUrl = withPath(server, name);
  const redisUrl = ownRedisUrl ?? withPath(inject('redisUrl'), await nextRedisDatabase());
  const database = await connectDatabase(mysqlUrl);
  await migrate(database);
  const redis = connectRedis(redisUrl);
  if (ownRedisUrl === undefined) await redis.client.flushdb();
  return {
    database,
    redis,
    sealer: testSealer(),
    codeKeys: testCodeKeys(),
    mysqlUrl,
    redisUrl,
    close: async () => {
      redis.close();
      await database.close();
      await admin.query(`DROP DATABASE ${name}`);
      await admin.end();
    },
  };
}

/** A key of codes that every world of a run has, so that all of them read the codes of one. */
export function testCodeKeys(): CodeKeys {
  return new CodeKeys([{ id: 'test', secret: Buffer.alloc(32, 7) }]);
}

/** With a key that nobody else has. */
export function testSealer(): Sealer {
  return new Sealer([{ id: 'test', secret: randomBytes(32) }]);
}

/**
 * The first database counts who took which, so that runs at the same time keep apart. There are more than
 * a run has worlds: one that comes round again would be emptied under a test that is still running.
 */
async function nextRedisDatabase(): Promise<string> {
  const counter = connectRedis(withPath(inject('redisUrl'), '0'));
  const taken = await counter.client.incr('test-databases');
  const [, count] = (await counter.client.config('GET', 'databases')) as [string, string];
  counter.close();
  return String(1 + (taken % (Number(count) - 1)));
}

function withPath(url: string, path: string): string {
  const changed = new URL(url);
  changed.pathname = `/${path}`;
  return changed.toString();
}

export { TestClock } from './test-clock.js';
