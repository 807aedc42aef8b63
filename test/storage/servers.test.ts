/**
 * Goal: the embedded servers come up from nothing, keep what they were given, and no process but
 * our own is ever signalled. Method: real servers in short-lived folders; runs that must be killed
 * are child processes. Only the fetch is played, by package tools of our own in PATH: the real one
 * happens once a checkout, into the cache that all other tests here use.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Redis } from 'ioredis';
import mysql from 'mysql2/promise';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { withFileMutex } from '../../src/storage/servers/file-mutex.js';
import { identify, identifySelf, isAlive } from '../../src/storage/servers/process-identity.js';
import {
  type RunningServers,
  type ServersOptions,
  startServers,
} from '../../src/storage/servers/start-servers.js';

const CACHE = resolve('.cache/servers');
const cleanups: (() => Promise<void> | void)[] = [];

// The first run of a checkout fetches, which takes longer than any test may.
beforeAll(async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'coupons servers '));
  const servers = await startServers({
    dataDir,
    cacheDir: CACHE,
    source: 'fetch',
    progress: (line) => console.info(line),
  });
  await servers.stop();
  rmSync(dataDir, { recursive: true });
}, 600_000);

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe('embedded servers', () => {
  it('start from nothing, in a path that is long and has spaces, and answer to their URLs', async () => {
    const dataDir = join(folder(), 'a data folder', 'x'.repeat(120));
    const servers = await start({ dataDir });

    expect(
      await ask(
        servers,
        'SELECT @@innodb_flush_log_at_trx_commit, @@character_set_server, @@bind_address',
      ),
    ).toEqual([[1, 'utf8mb4', '127.0.0.1']]);
    const redis = redisOf(servers);
    expect(await redis.config('GET', 'appendonly')).toEqual(['appendonly', 'yes']);
    expect(await redis.config('GET', 'appendfsync')).toEqual(['appendfsync', 'everysec']);
    expect(await redis.config('GET', 'maxmemory-policy')).toEqual([
      'maxmemory-policy',
      'noeviction',
    ]);
  });

  it('let in nobody without the password, which only the owner can read', async () => {
    const dataDir = folder();
    const servers = await start({ dataDir });

    const { port } = new URL(servers.mysqlUrl);
    for (const user of ['coupons', 'root', '']) {
      await expect(
        mysql.createConnection({ host: '127.0.0.1', port: Number(port), user }),
      ).rejects.toThrow(/denied/);
    }
    const stranger = redisOf({ redisUrl: servers.redisUrl.replace(/:[^:@/]+@/, '') });
    await expect(stranger.ping()).rejects.toThrow(/NOAUTH/);
    const secrets = readdirSync(join(dataDir, 'servers')).map((name) =>
      join(dataDir, 'servers', name),
    );
    expect(secrets.filter((path) => (statSync(path).mode & 0o077) !== 0)).toEqual([]);
  });

  it('allow databases for tests beside their own, and no others', async () => {
    const servers = await start({ dataDir: folder() });

    await ask(servers, 'CREATE DATABASE coupons_test_1');
    await expect(ask(servers, 'CREATE DATABASE couponsXtest')).rejects.toThrow(/denied/);
  });

  it('have a folder of temporary files each, for one that starts deletes what it finds in its own', async () => {
    const dataDirs = [folder(), folder()];
    for (const dataDir of dataDirs) {
      const servers = await start({ dataDir });
      const own = expect.stringContaining(dataDir) as string;
      expect(await ask(servers, 'SELECT @@tmpdir')).toEqual([[own]]);
    }
  });

  it('keep their data and their ports over a stop', async () => {
    const dataDir = folder();
    const first = await start({ dataDir });
    await keep(first, 'over a stop');
    await first.stop();
    expect(pidsOf(first).map(identify)).toEqual([undefined, undefined]);

    const second = await start({ dataDir });
    expect(await kept(second)).toEqual(['over a stop', 'over a stop']);
    expect([second.mysqlUrl, second.redisUrl]).toEqual([first.mysqlUrl, first.redisUrl]);
  });

  it('keep their data when they themselves are killed', async () => {
    const dataDir = folder();
    const first = await start({ dataDir });
    await keep(first, 'over a kill');
    // The append-only file is written out once a second.
    await sleep(1_200);
    for (const pid of pidsOf(first)) process.kill(pid, 'SIGKILL');

    const second = await start({ dataDir });
    expect(await kept(second)).toEqual(['over a kill', 'over a kill']);
  });

  it('are adopted by the next start after their run was killed', async () => {
    const dataDir = folder();
    const killed = await startInChild(dataDir);
    await keep(killed.servers, 'adopted');
    await kill(killed.child);
    const lines: string[] = [];

    const next = await start({ dataDir, progress: (line) => lines.push(line) });
    expect(pidsOf(next)).toEqual(pidsOf(killed.servers));
    expect(lines.sort()).toEqual([
      expect.stringMatching(/^mysql: adopted/),
      expect.stringMatching(/^redis: adopted/),
    ]);
    expect(await kept(next)).toEqual(['adopted', 'adopted']);
    await next.stop();
    expect(pidsOf(next).map(identify)).toEqual([undefined, undefined]);
  });

  it('are replaced if they were left behind and do not know our password', async () => {
    const dataDir = folder();
    const killed = await startInChild(dataDir);
    await keep(killed.servers, 'replaced');
    await kill(killed.child);
    rmSync(join(dataDir, 'servers', 'password'));

    const next = await start({ dataDir });
    expect(pidsOf(killed.servers).map(identify)).toEqual([undefined, undefined]);
    expect(await kept(next)).toEqual(['replaced', 'replaced']);
  });

  it('outlive the first of two users and stop with the last', async () => {
    const dataDir = folder();
    const first = await start({ dataDir });
    const second = await startInChild(dataDir);
    expect(pidsOf(second.servers)).toEqual(pidsOf(first));

    await first.stop();
    expect(await ask(second.servers, 'SELECT 1')).toEqual([[1]]);
    second.child.kill('SIGTERM');
    await new Promise((done) => second.child.once('exit', done));
    expect(pidsOf(first).map(identify)).toEqual([undefined, undefined]);
  });

  it('do not wait for a user that was killed', async () => {
    const dataDir = folder();
    const survivor = await start({ dataDir });
    const killed = await startInChild(dataDir);
    await kill(killed.child);

    await survivor.stop();
    expect(pidsOf(survivor).map(identify)).toEqual([undefined, undefined]);
  });

  it('stay up when the terminal they were started from is interrupted', async () => {
    const { child, servers } = await startInChild(folder(), {
      detached: true,
      onInterrupt: 'ignore',
    });

    process.kill(-(child.pid ?? 0), 'SIGINT');
    await sleep(200);
    expect(await ask(servers, 'SELECT 1')).toEqual([[1]]);
    expect(await redisOf(servers).ping()).toBe('PONG');
    child.kill('SIGTERM');
    await new Promise((done) => child.once('exit', done));
  });

  it('stop even if their folder was removed under them', async () => {
    const dataDir = folder();
    const servers = await start({ dataDir });
    rmSync(dataDir, { recursive: true });

    await servers.stop();
    expect(pidsOf(servers).map(identify)).toEqual([undefined, undefined]);
  });

  it('come one by one where only one is wanted', async () => {
    const servers = await start({ dataDir: folder(), want: { mysql: false } });

    expect(servers.mysqlUrl).toBe('');
    expect(Object.keys(servers.pids)).toEqual(['redis']);
    expect(await redisOf(servers).ping()).toBe('PONG');
  });
});

describe('processes of others', () => {
  it('are not signalled when a record names their pid', async () => {
    const dataDir = folder();
    const bystander = spawn('sleep', ['60'], { stdio: 'ignore' });
    cleanups.push(() => void bystander.kill('SIGKILL'));
    const record = {
      pid: bystander.pid,
      born: 'another boot/1',
      port: 6379,
      binary: '/usr/bin/redis-server',
      dataDir,
    };
    mkdirSync(join(dataDir, 'servers'));
    writeFileSync(join(dataDir, 'servers', 'redis.json'), JSON.stringify(record));

    const servers = await start({ dataDir, want: { mysql: false } });
    await servers.stop();
    expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
  });

  it('keep the port that was ours before', async () => {
    const dataDir = folder();
    const first = await start({ dataDir, want: { mysql: false } });
    await first.stop();
    const port = Number(new URL(first.redisUrl).port);
    const stranger = createServer((socket) => socket.end('somebody else')).listen(
      port,
      '127.0.0.1',
    );
    cleanups.push(() => void stranger.close());

    const second = await start({ dataDir, want: { mysql: false } });
    expect(Number(new URL(second.redisUrl).port)).not.toBe(port);
    expect(await redisOf(second).ping()).toBe('PONG');
    expect(await read(port)).toBe('somebody else');
  });
});

describe('a server that cannot start', () => {
  it('says so with the end of its log, and leaves the other one stopped', async () => {
    const dataDir = folder();
    const servers = await start({ dataDir });
    await servers.stop();
    const log =
      readdirSync(join(dataDir, 'redis', 'appendonlydir')).find((name) =>
        name.endsWith('.manifest'),
      ) ?? '';
    writeFileSync(join(dataDir, 'redis', 'appendonlydir', log), 'not a manifest');

    await expect(start({ dataDir })).rejects.toThrow(
      /redis-server ended at its start; the end of .*redis\.log:\n[^]*manifest/,
    );
    const { pid } = JSON.parse(readFileSync(join(dataDir, 'servers', 'mysql.json'), 'utf8')) as {
      pid: number;
    };
    expect(identify(pid)).toBeUndefined();
  });
});

describe('fetching', () => {
  const program = (line: string): string => `#!/bin/sh\necho '${line}'\n`;
  const mariadb = program('mariadbd  Ver 10.11.1-MariaDB for a test');

  it('ignores the programs that PATH has', async () => {
    const tools = packageTools({ mariadbd: mariadb });
    writeProgram(join(tools, 'mysqld'), program('mysqld  Ver 8.4.0 for a test'));
    const cache = folder();

    const fetched = await provideInChild(tools, cache, 'fetch');
    expect(fetched.binaries).toEqual([expect.stringContaining(cache)]);
    const found = await provideInChild(tools, cache, 'auto');
    expect(found.binaries).toEqual([join(tools, 'mysqld')]);
  });

  it('happens once for two processes that start together', async () => {
    const tools = packageTools({ mariadbd: mariadb, seconds: 0.5 });
    const cache = folder();

    const both = await Promise.all([1, 2].map(() => provideInChild(tools, cache, 'fetch')));
    expect(both[0]?.binaries).toEqual(both[1]?.binaries);
    expect(downloads(tools)).toBe(1);
    expect(
      both.flatMap((one) => one.lines).filter((line) => line.startsWith('fetched')),
    ).toHaveLength(1);
  });

  it('leaves nothing half done when it is killed, and the next one cleans up', async () => {
    const tools = packageTools({ mariadbd: mariadb, seconds: 30 });
    const cache = folder();
    const child = provideChild(tools, cache, 'fetch');
    for (let tries = 0; downloads(tools) === 0 && tries < 200; tries += 1) await sleep(50);
    await kill(child);
    const home = join(cache, readdirSync(cache)[0] ?? '');
    expect(readdirSync(home).filter((name) => !/^(staging|turn)\./.test(name))).toEqual([]);

    const next = await provideInChild(packageTools({ mariadbd: mariadb }), cache, 'fetch');
    expect(next.binaries).toEqual([expect.stringContaining(cache)]);
    expect(readdirSync(home).filter((name) => name.startsWith('staging.'))).toEqual([]);
  });

  it('passes over a program that is too old, and says what to install or to set', async () => {
    const tools = packageTools({ mariadbd: program('mariadbd  Ver 10.3.1-MariaDB for a test') });

    const { error } = await provideInChild(tools, folder(), 'fetch');
    expect(error).toMatch(/Install MariaDB 10\.6 or MySQL 8\.0 .* or set MYSQL_URL\./);
    expect(error).toMatch(/mariadb-server-core: unpacked, but it does not run here or is too old/);
  });

  it('says what to install or to set where there are no packages', async () => {
    const { error } = await provideInChild(folder(), folder(), 'fetch');
    expect(error).toMatch(
      /^No database server to start\. Install .*, or set MYSQL_URL\. Reason: this machine has no apt-get/,
    );
  });
});

describe('the mutex between processes', () => {
  it('lets one in at a time', async () => {
    const path = folder();
    const counter = join(path, 'counter');
    writeFileSync(counter, '0');
    const script = `
      import { readFileSync, writeFileSync } from 'node:fs';
      import { setTimeout as sleep } from 'node:timers/promises';
      const { withFileMutex } = await import('${moduleUrl('file-mutex.ts')}');
      const folder = ${JSON.stringify(path)};
      const counter = ${JSON.stringify(counter)};
      // Two at once in each process, as two users of one process would be.
      await Promise.all([1, 2].map(async () => {
        for (let turn = 0; turn < 10; turn += 1) {
          await withFileMutex({ folder, waitMs: 20_000 }, async () => {
            const count = Number(readFileSync(counter, 'utf8'));
            await sleep(1);
            writeFileSync(counter, String(count + 1));
          });
        }
      }));
      console.log('done');
    `;

    await Promise.all([1, 2, 3].map(() => firstLine(node(script))));
    expect(readFileSync(counter, 'utf8')).toBe('60');
  });

  it('is not held by an owner that was killed', async () => {
    const path = folder();
    writeFileSync(
      join(path, 'turn.7'),
      JSON.stringify({ ...identifySelf(), born: 'another boot/1' }),
    );

    expect(await withFileMutex({ folder: path, waitMs: 1_000 }, async () => 'in')).toBe('in');
    expect(readdirSync(path)).toEqual(['turn.8']);
  });

  it('is held by a living owner for as long as it takes', async () => {
    const path = folder();
    writeFileSync(join(path, 'turn.7'), JSON.stringify(identifySelf()));

    await expect(withFileMutex({ folder: path, waitMs: 200 }, async () => 'in')).rejects.toThrow(
      /has held/,
    );
  });
});

describe('the identity of a process', () => {
  it('ends with the process, even before anybody has asked for its exit code', async () => {
    const child = spawn('sh', ['-c', 'sleep 0.05 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    cleanups.push(() => void child.kill('SIGKILL'));
    const pid = Number(await new Promise((done) => child.stdout.once('data', done)));
    const grandchild = identify(pid);

    expect(grandchild === undefined || isAlive(grandchild)).toBe(true);
    await sleep(300);
    // Its parent became sleep, which reaps nobody: it is a zombie now.
    expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(' Z ');
    expect(identify(pid)).toBeUndefined();
  });
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'coupons servers '));
  cleanups.push(() => rmSync(path, { recursive: true, force: true, maxRetries: 3 }));
  return path;
}

async function start(
  options: Partial<ServersOptions> & { dataDir: string },
): Promise<RunningServers> {
  const servers = await startServers({
    cacheDir: CACHE,
    source: 'fetch',
    progress: () => undefined,
    ...options,
  });
  cleanups.push(() => servers.stop());
  return servers;
}

function pidsOf(servers: RunningServers): number[] {
  return [servers.pids.mysql ?? 0, servers.pids.redis ?? 0];
}

async function ask(servers: RunningServers, sql: string): Promise<unknown> {
  const connection = await mysql.createConnection(servers.mysqlUrl);
  try {
    return (await connection.query({ sql, rowsAsArray: true }))[0];
  } finally {
    await connection.end();
  }
}

function redisOf({ redisUrl }: { redisUrl: string }): Redis {
  const client = new Redis(redisUrl, { protocol: 2 });
  client.on('error', () => undefined);
  cleanups.push(() => client.disconnect());
  return client;
}

async function keep(servers: RunningServers, word: string): Promise<void> {
  await ask(servers, 'CREATE TABLE kept (word VARCHAR(40))');
  await ask(servers, `INSERT INTO kept VALUES ('${word}')`);
  await redisOf(servers).set('kept', word);
}

async function kept(servers: RunningServers): Promise<unknown[]> {
  const rows = (await ask(servers, 'SELECT word FROM kept')) as string[][];
  return [rows[0]?.[0], await redisOf(servers).get('kept')];
}

function read(port: number): Promise<string> {
  return new Promise((done, fail) => {
    const socket = connect(port, '127.0.0.1', () => undefined);
    socket.once('data', (data) => done(data.toString()));
    socket.once('error', fail);
  });
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGKILL');
  await gone;
}

/** Node strips the types by itself, but does not know that a `.js` in our imports is a `.ts` in the tree. */
const READ_SOURCES = `
  import { registerHooks } from 'node:module';
  registerHooks({
    resolve: (specifier, context, next) =>
      next(context.parentURL?.endsWith('.ts') ? specifier.replace(/^(\\..*)\\.js$/, '$1.ts') : specifier, context),
  });
`;

/** A process of its own that runs this script; what it prints as JSON is its result. */
function node(script: string, env: NodeJS.ProcessEnv = {}, detached = false): ChildProcess {
  const child = spawn(process.execPath, ['--input-type=module', '-e', READ_SOURCES + script], {
    env: { ...process.env, ...env },
    detached,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  cleanups.push(() => void child.kill('SIGKILL'));
  return child;
}

function moduleUrl(name: string): string {
  return pathToFileURL(resolve('src/storage/servers', name)).href;
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const end = text.indexOf('\n');
      if (end >= 0) done(text.slice(0, end));
    });
    child.once('exit', () => fail(new Error(`the child ended; it said: ${text}`)));
  });
}

async function startInChild(
  dataDir: string,
  how: { detached?: boolean; onInterrupt?: 'ignore' } = {},
): Promise<{ child: ChildProcess; servers: RunningServers }> {
  const options = { dataDir, cacheDir: CACHE, source: 'fetch' };
  const child = node(
    `
    const { startServers } = await import('${moduleUrl('start-servers.ts')}');
    const servers = await startServers({ ...${JSON.stringify(options)}, progress() {} });
    process.on('SIGTERM', async () => { await servers.stop(); process.exit(0); });
    ${how.onInterrupt === 'ignore' ? "process.on('SIGINT', () => undefined);" : ''}
    console.log(JSON.stringify(servers));
    setInterval(() => undefined, 1000);
  `,
    {},
    how.detached,
  );
  // Whatever the test did with the child, its servers must not outlive the test.
  cleanups.push(async () =>
    (
      await startServers({ dataDir, cacheDir: CACHE, source: 'fetch', progress: () => undefined })
    ).stop(),
  );
  return { child, servers: JSON.parse(await firstLine(child)) as RunningServers };
}

interface Provided {
  binaries: string[];
  lines: string[];
  error?: string;
}

function provideChild(path: string, cacheDir: string, source: 'auto' | 'fetch'): ChildProcess {
  return node(
    `
    const { provideBinaries } = await import('${moduleUrl('provide-binaries.ts')}');
    const lines = [];
    const options = { cacheDir: ${JSON.stringify(cacheDir)}, source: '${source}', progress: (line) => lines.push(line) };
    try {
      const found = await provideBinaries([{ kind: 'mysql', dataFlavour: () => undefined }], options);
      console.log(JSON.stringify({ binaries: [...found.values()].map((binary) => binary.path), lines }));
    } catch (error) {
      console.log(JSON.stringify({ binaries: [], lines, error: error.message }));
    }
  `,
    { PATH: path },
  );
}

async function provideInChild(
  path: string,
  cacheDir: string,
  source: 'auto' | 'fetch',
): Promise<Provided> {
  return JSON.parse(await firstLine(provideChild(path, cacheDir, source))) as Provided;
}

/** A folder for PATH with package tools that know one package, which holds this program. */
function packageTools({ mariadbd, seconds = 0 }: { mariadbd: string; seconds?: number }): string {
  const tools = folder();
  writeFileSync(join(tools, 'program'), mariadbd);
  writeProgram(
    join(tools, 'apt-get'),
    `#!/bin/sh
    PATH=/usr/bin:/bin
    case "$*" in
      *download*) echo 1 >> '${tools}/downloads'; sleep ${seconds}; : > server.deb ;;
      *install*mariadb-server-core*) echo 'Inst mariadb-server-core (1 test)' ;;
      *install*) exit 100 ;;
    esac`,
  );
  writeProgram(
    join(tools, 'dpkg-deb'),
    `#!/bin/sh
    PATH=/usr/bin:/bin
    [ "$1" = -x ] || exit 0
    mkdir -p "$3/usr/sbin" && cp '${tools}/program' "$3/usr/sbin/mariadbd" && chmod +x "$3/usr/sbin/mariadbd"`,
  );
  return tools;
}

function writeProgram(path: string, text: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}

function downloads(tools: string): number {
  const file = join(tools, 'downloads');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').length : 0;
}
