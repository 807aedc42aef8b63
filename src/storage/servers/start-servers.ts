/**
 * The embedded servers: a private MySQL-compatible server and a private Redis for one data folder,
 * so that the service runs with nothing configured.
 *
 * Loopback only, on free ports, under credentials of their own. Servers that a killed run left
 * behind are adopted, or replaced if they do not answer; no other process is ever touched.
 * Processes that share a data folder share its servers, and the last one to stop stops them.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ServerKind } from './examine-program.js';
import { type EmbeddedServer, adoptServer, startServer } from './embedded-server.js';
import { withFileMutex } from './file-mutex.js';
import { MYSQL_DATABASE, MYSQL_USER, mysqlServer } from './mysql-server.js';
import { provideBinaries } from './provide-binaries.js';
import { redisServer } from './redis-server.js';
import { loadPassword, makePlace } from './server-place.js';
import { type ServerRecord, readRecord, stopRecorded } from './server-record.js';
import { addUser, hasUsers, removeUser } from './server-users.js';

export interface ServersOptions {
  dataDir: string;
  cacheDir: string;
  /** `fetch` ignores what the machine has installed. */
  source: 'auto' | 'fetch';
  progress: (line: string) => void;
  /** Both unless said otherwise; the URL of one that is not wanted is empty. */
  want?: { mysql?: boolean; redis?: boolean };
  /** More settings of the MySQL-compatible server, which win over its own: benches of large tables. */
  mysqlArgs?: readonly string[];
}

export interface RunningServers {
  mysqlUrl: string;
  redisUrl: string;
  stop(): Promise<void>;
  /** pids, for tests that kill */
  pids: { mysql?: number; redis?: number };
}

/** Somebody else's start may include a fetch over a slow line. */
const MUTEX_WAIT_MS = 900_000;

export async function startServers(options: ServersOptions): Promise<RunningServers> {
  const { stateDir, ...folders } = makePlace(resolve(options.dataDir));
  const mutex = { folder: stateDir, waitMs: MUTEX_WAIT_MS };
  const id = randomUUID();

  return withFileMutex(mutex, async () => {
    const password = loadPassword(stateDir);
    const place = { ...folders, stateDir, password };
    const all = [mysqlServer(place, options.mysqlArgs), redisServer(place)];
    const wanted = all.filter((server) => options.want?.[server.kind] ?? true);
    addUser(stateDir, id);
    try {
      const running = await runAll(wanted, options);
      const url = (kind: ServerKind, of: (port: number) => string): string => {
        const record = running.get(kind);
        return record === undefined ? '' : of(record.port);
      };
      return {
        mysqlUrl: url(
          'mysql',
          (port) => `mysql://${MYSQL_USER}:${password}@127.0.0.1:${port}/${MYSQL_DATABASE}`,
        ),
        redisUrl: url('redis', (port) => `redis://:${password}@127.0.0.1:${port}/0`),
        pids: Object.fromEntries([...running].map(([kind, record]) => [kind, record.pid])),
        stop: async () => {
          if (existsSync(stateDir)) await withFileMutex(mutex, () => leave(stateDir, id, all));
          // The folder was removed under us, and with it every record, of servers and of other users.
          else await stopAll(all, ({ kind }) => running.get(kind));
        },
      };
    } catch (error) {
      await leave(stateDir, id, all);
      throw error;
    }
  });
}

async function runAll(
  wanted: readonly EmbeddedServer[],
  { cacheDir, source, progress }: ServersOptions,
): Promise<Map<ServerKind, ServerRecord>> {
  const running = new Map<ServerKind, ServerRecord>();
  await Promise.all(
    wanted.map(async (server) => {
      const adopted = await adoptServer(server);
      if (adopted === undefined) return;
      progress(`${server.kind}: adopted the server left running on 127.0.0.1:${adopted.port}`);
      running.set(server.kind, adopted);
    }),
  );
  const missing = wanted.filter((server) => !running.has(server.kind));
  const binaries = await provideBinaries(missing, {
    cacheDir: resolve(cacheDir),
    source,
    progress,
  });
  // One after the other, Redis last: a MySQL-compatible server locks its data against a second one,
  // Redis does not, so where such a lock stops us Redis must not have been started twice either.
  for (const server of missing) {
    const binary = binaries.get(server.kind);
    if (binary === undefined) throw new Error(`no program was provided for ${server.kind}`);
    const record = await startServer(server, binary);
    progress(
      `${server.kind}: started ${binary.flavour} ${binary.version} on 127.0.0.1:${record.port}`,
    );
    running.set(server.kind, record);
  }
  return running;
}

async function leave(stateDir: string, id: string, all: readonly EmbeddedServer[]): Promise<void> {
  removeUser(stateDir, id);
  if (!hasUsers(stateDir)) await stopAll(all, ({ recordFile }) => readRecord(recordFile));
}

type FindRecord = (server: EmbeddedServer) => ServerRecord | undefined;

async function stopAll(all: readonly EmbeddedServer[], find: FindRecord): Promise<void> {
  await Promise.all(
    all.map(async (server) => {
      const record = find(server);
      if (record !== undefined) await stopRecorded(record, server.stopGraceMs);
    }),
  );
}
