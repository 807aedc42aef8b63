/**
 * The ground a run stands on: a MariaDB, a Redis and built services of its own, in a folder of its own.
 * Nothing of the machine's or of another run's is touched.
 */
import { createConnection } from 'mysql2/promise';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { identifySelf, isAlive } from '../../../src/storage/servers/process-identity.js';
import {
  MYSQL_DATABASE,
  MYSQL_USER,
  mysqlServer,
} from '../../../src/storage/servers/mysql-server.js';
import { provideBinaries } from '../../../src/storage/servers/provide-binaries.js';
import { redisServer } from '../../../src/storage/servers/redis-server.js';
import { readRecord, stopRecorded } from '../../../src/storage/servers/server-record.js';
import { loadPassword, makePlace } from '../../../src/storage/servers/server-place.js';
import { adopt } from './own-processes.js';
import { bundleService } from './bundle-service.js';
import { StoreServer } from './store-server.js';

export interface Arena {
  readonly mysql: StoreServer;
  readonly redis: StoreServer;
  /** Of this run; gone after it. */
  readonly folder: string;
  /** The built service as one file, see bundle-service.ts. */
  readonly service: string;
  /** The URL of an empty database of its own. */
  freshDatabase(): Promise<string>;
  redisUrl(): string;
  /** Another Redis with the same password, running and empty; whoever asked for it stops it. */
  startSpare(): Promise<Spare>;
  /** Both stores thawed and running, as the service would start them. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

export interface Spare {
  readonly server: StoreServer;
  readonly url: string;
}

const RUNS = resolve('.data/chaos');
/** In the folder of a run. */
const SPARE = 'spare';

/** @param dist the built service */
export async function openArena(
  dist: string,
  source: 'auto' | 'fetch',
  say: (line: string) => void,
): Promise<Arena> {
  await sweep();
  const folder = join(RUNS, `run-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const place = makePlace(folder);
  const password = loadPassword(place.stateDir);
  const servers = [
    mysqlServer({ ...place, password }),
    redisServer({ ...place, password }),
  ] as const;
  const binaries = await provideBinaries(servers, {
    cacheDir: resolve('.cache/servers'),
    source,
    progress: say,
  });
  const [mysql, redis] = servers.map(
    (server) => new StoreServer(server, binaries.get(server.kind)!),
  ) as [StoreServer, StoreServer];
  await mysql.start();
  await redis.start();
  const service = await bundleService(join(dist, 'main.js'), join(folder, 'service'));
  let databases = 0;

  const mysqlUrl = (database: string) =>
    `mysql://${MYSQL_USER}:${password}@127.0.0.1:${mysql.port}/${database}`;
  const heal = async () => {
    for (const store of [mysql, redis]) {
      store.configure();
      store.thaw();
      await store.start();
    }
  };
  return {
    mysql,
    redis,
    folder,
    service,
    redisUrl: () => `redis://:${password}@127.0.0.1:${redis.port}/0`,
    heal,
    startSpare: async () => {
      const spare = redisServer({ ...makePlace(join(folder, SPARE)), password });
      const server = new StoreServer(spare, binaries.get('redis')!);
      await server.start();
      return { server, url: `redis://:${password}@127.0.0.1:${server.port}/0` };
    },
    freshDatabase: async () => {
      const name = `${MYSQL_DATABASE}_chaos_${(databases += 1)}`;
      const admin = await createConnection(mysqlUrl(MYSQL_DATABASE));
      await admin.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
      await admin.end();
      return mysqlUrl(name);
    },
    close: async () => {
      for (const store of [redis, mysql]) {
        store.thaw();
        await store.stop();
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What runs left that were killed themselves: their stores are stopped, their folders go. */
async function sweep(): Promise<void> {
  if (!existsSync(RUNS)) return;
  for (const name of readdirSync(RUNS)) {
    const pid = Number(/^run-(\d+)$/.exec(name)?.[1]);
    if (!Number.isInteger(pid) || isRunning(pid)) continue;
    const folder = join(RUNS, name);
    for (const state of ['servers/mysql', 'servers/redis', `${SPARE}/servers/redis`]) {
      const record = readRecord(join(folder, `${state}.json`));
      if (record === undefined || !isAlive(record)) continue;
      adopt(record.pid);
      await stopRecorded(record, 5_000);
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  if (pid === identifySelf().pid) return false;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
