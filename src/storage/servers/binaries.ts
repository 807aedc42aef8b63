/**
 * Finds the server programs: in PATH, in the usual folders, or in a fetched root.
 *
 * A program counts only if it runs here and says a version we work with; one that is too old, lacks
 * a library or is confined to the system's folders is passed over as if it were not there.
 */
import { accessSync, constants, existsSync, readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand } from './run-command.js';

export type ServerKind = 'mysql' | 'redis';
export type ServerFlavour = 'mysql' | 'mariadb' | 'redis' | 'valkey';

export interface ServerBinary {
  readonly flavour: ServerFlavour;
  readonly path: string;
  readonly version: string;
  readonly env: Readonly<Record<string, string>>;
}

const NAMES: Record<ServerKind, readonly string[]> = {
  mysql: ['mysqld', 'mariadbd'],
  redis: ['redis-server', 'valkey-server'],
};

/** Servers live in sbin and libexec, which an ordinary user's PATH lacks; the rest are tarballs and Homebrew. */
const USUAL_FOLDERS = [
  '/usr/sbin', '/usr/local/sbin', '/usr/bin', '/usr/local/bin', '/usr/libexec',
  '/usr/local/mysql/bin', '/opt/mysql/bin', '/opt/homebrew/bin', '/opt/homebrew/sbin',
];

/** SKIP LOCKED came with MySQL 8.0 and MariaDB 10.6; the scripts are written for Redis 7, which Valkey 7.2 forked. */
const OLDEST: Record<ServerFlavour, readonly [number, number]> = {
  mysql: [8, 0], mariadb: [10, 6], redis: [7, 0], valkey: [7, 2],
};

const VERSION_TIMEOUT_MS = 15_000;

export type Accept = (flavour: ServerFlavour) => boolean;

export async function findInstalled(kind: ServerKind, accept: Accept): Promise<ServerBinary | undefined> {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder.startsWith('/'));
  return firstUsable(kind, [...new Set([...path, ...USUAL_FOLDERS])], {}, accept);
}

/** `root` is an unpacked tree of packages, whose libraries are put before the machine's own. */
export async function findInRoot(kind: ServerKind, root: string, accept: Accept): Promise<ServerBinary | undefined> {
  const libraries = ['usr/lib', 'lib'].flatMap((folder) => libraryFolders(join(root, folder)));
  const inherited = process.env['LD_LIBRARY_PATH'];
  const env = { LD_LIBRARY_PATH: [...libraries, ...(inherited ? [inherited] : [])].join(':') };
  return firstUsable(kind, [join(root, 'usr/sbin'), join(root, 'usr/bin')], env, accept);
}

async function firstUsable(
  kind: ServerKind, folders: readonly string[], env: Record<string, string>, accept: Accept,
): Promise<ServerBinary | undefined> {
  for (const name of NAMES[kind]) {
    for (const folder of folders) {
      const path = join(folder, name);
      if (!isProgram(path) || isConfined(path)) continue;
      const binary = await ask(kind, path, env);
      if (binary !== undefined && accept(binary.flavour)) return binary;
    }
  }
  return undefined;
}

async function ask(kind: ServerKind, path: string, env: Record<string, string>): Promise<ServerBinary | undefined> {
  const args = kind === 'mysql' ? ['--no-defaults', '--version'] : ['--version'];
  const { isOk, output } = await runCommand(path, args, { env, timeoutMs: VERSION_TIMEOUT_MS });
  const match = /(?:Ver |v=)((\d+)\.(\d+)[.\d]*)/.exec(output);
  if (!isOk || match === null) return undefined;
  const flavour = flavourOf(kind, output);
  const [major, minor] = OLDEST[flavour];
  const isRecent = Number(match[2]) > major || (Number(match[2]) === major && Number(match[3]) >= minor);
  return isRecent ? { flavour, path, version: match[1] ?? '', env } : undefined;
}

function flavourOf(kind: ServerKind, versionLine: string): ServerFlavour {
  if (kind === 'mysql') return /mariadb/i.test(versionLine) ? 'mariadb' : 'mysql';
  return /valkey/i.test(versionLine) ? 'valkey' : 'redis';
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Ubuntu's mysqld may only touch /var/lib/mysql: AppArmor would refuse it our folders, whoever we are. */
function isConfined(path: string): boolean {
  try {
    const program = realpathSync(path);
    const profile = program.slice(1).replaceAll('/', '.');
    if (readFileSync('/sys/module/apparmor/parameters/enabled', 'utf8').trim() !== 'Y') return false;
    if (existsSync(`/etc/apparmor.d/disable/${profile}`)) return false;
    return readFileSync(`/etc/apparmor.d/${profile}`, 'utf8').split('\n').some((line) => line.startsWith(program));
  } catch {
    return false;
  }
}

/** Debian's libraries are in a folder named after the machine, as x86_64-linux-gnu. */
function libraryFolders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return [...readdirSync(folder).filter((name) => name.includes('-linux-gnu')).map((name) => join(folder, name)), folder];
}
