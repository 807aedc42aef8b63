/**
 * One installation: its stores, private ones where none are configured, at this version's tables.
 * The service, the verifier and the tests open it the same way.
 */
import { join } from 'node:path';
import { readDataKeys, type Config } from './config/environment.js';
import { CodeKeys } from './issue/code-keys.js';
import {
  connectDatabase,
  connectPatiently,
  connectReplica,
  migrate,
  type PatientReader,
} from './storage/connect-database.js';
import type { Database } from './storage/database.js';
import { localDataKeys } from './storage/local-data-keys.js';
import { connectRedis, type RedisStore } from './storage/redis.js';
import { Sealer } from './storage/seal.js';
import { startServers } from './storage/servers/start-servers.js';

export interface Installation {
  readonly database: Database;
  readonly redis: RedisStore;
  /** Of the database; any of them may be down. */
  readonly replicas: readonly Database[];
  /** A connection of its own that reads whole tables, for `verify`. */
  readonly readPatiently: () => Promise<PatientReader>;
  /** Of what must be readable again at rest. */
  readonly sealer: Sealer;
  readonly codeKeys: CodeKeys;
  /** Closes the connections, and stops private servers that nobody else uses. */
  close(): Promise<void>;
}

/** Where fetched server programs are kept: one folder for all installations of a checkout. */
const SERVER_CACHE = new URL('../.cache/servers', import.meta.url).pathname;

export async function openInstallation(
  config: Config,
  progress: (line: string) => void,
): Promise<Installation> {
  const sealer = await openSealer(config);
  const codeKeys = await openCodeKeys(config);
  const want = { mysql: config.mysqlUrl === undefined, redis: config.redisUrl === undefined };
  const isEmbedded = want.mysql || want.redis;
  const servers = isEmbedded
    ? await startServers({
        dataDir: join(config.dataDir, 'stores'),
        cacheDir: decodeURIComponent(SERVER_CACHE),
        source: config.servers,
        progress,
        want,
      })
    : undefined;
  const mysqlUrl = config.mysqlUrl ?? servers!.mysqlUrl;
  const database = await connectDatabase(mysqlUrl, config.mysqlTakesPackets);
  await migrate(database);
  const redis = connectRedis(config.redisUrl ?? servers!.redisUrl);
  const replicas = config.mysqlReplicaUrls.map(connectReplica);
  return {
    database,
    redis,
    replicas,
    readPatiently: () => connectPatiently(mysqlUrl),
    sealer,
    codeKeys,
    close: async () => {
      redis.close();
      await Promise.all([database, ...replicas].map((one) => one.close()));
      await servers?.stop();
    },
  };
}

async function openSealer({ dataKeys, dataDir }: Config): Promise<Sealer> {
  return new Sealer(
    dataKeys.length > 0 ? dataKeys : await localDataKeys(dataDir, 'data-keys', readDataKeys),
  );
}

async function openCodeKeys({ codeKeys, dataDir }: Config): Promise<CodeKeys> {
  const configured = codeKeys.length > 0;
  return new CodeKeys(
    configured ? codeKeys : await localDataKeys(dataDir, 'code-keys', readDataKeys),
  );
}
