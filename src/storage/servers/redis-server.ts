/**
 * The embedded Redis or Valkey: its settings, in a file that only we can read because the password
 * is in it. It keeps an append-only file, and never evicts: a full memory is an error, not a loss.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { FLAVOURS, type ServerFlavour } from './examine-program.js';
import type { Answer, EmbeddedServer } from './embedded-server.js';
import type { ServerPlace } from './server-place.js';
import { writePrivately } from './server-record.js';

const PROBE_TIMEOUT_MS = 3_000;

export function redisServer({ dataDir, stateDir, logDir, password }: ServerPlace): EmbeddedServer {
  const folder = (flavour: ServerFlavour): string => join(dataDir, flavour);
  const configFile = join(stateDir, 'redis.conf');
  const logFile = join(logDir, 'redis.log');
  return {
    kind: 'redis',
    recordFile: join(stateDir, 'redis.json'),
    logFile,
    stopGraceMs: 10_000,
    dataDir: folder,
    dataFlavour: () => FLAVOURS.redis.find((flavour) => existsSync(folder(flavour))),
    async prepare(binary, port) {
      mkdirSync(folder(binary.flavour), { recursive: true, mode: 0o700 });
      writePrivately(configFile, config(folder(binary.flavour), port, password));
    },
    args: () => [configFile],
    probe: ({ port, pid }) => probeRedis(port, pid, password),
  };
}

function config(data: string, port: number, password: string): string {
  return [
    'bind 127.0.0.1',
    'protected-mode yes',
    `port ${port}`,
    `requirepass ${password}`,
    'daemonize no',
    `dir ${JSON.stringify(data)}`,
    'appendonly yes',
    'appendfsync everysec',
    // A crash may cut the last write short; the rest is good.
    'aof-load-truncated yes',
    // The append-only file is the record; snapshots beside it would only fork and write.
    'save ""',
    'maxmemory-policy noeviction',
    // The service uses one; the tests give each of their worlds one of its own.
    'databases 1024',
  ].join('\n');
}

async function probeRedis(port: number, pid: number, password: string): Promise<Answer> {
  const client = new Redis({
    host: '127.0.0.1',
    port,
    password,
    lazyConnect: true,
    connectTimeout: PROBE_TIMEOUT_MS,
    commandTimeout: PROBE_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  const errors: string[] = [];
  client.on('error', (error: Error) => errors.push(error.message));
  try {
    await client.connect();
    // The pid, because the client takes a server that asks for no password for one that accepted ours.
    return new RegExp(`^process_id:${pid}\\b`, 'm').test(await client.info('server'))
      ? 'ready'
      : 'refused';
  } catch (error) {
    if ([...errors, String(error)].some((message) => /WRONGPASS|NOAUTH/.test(message)))
      return 'refused';
    throw error;
  } finally {
    client.disconnect();
  }
}
