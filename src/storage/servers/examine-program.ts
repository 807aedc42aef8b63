/**
 * Decides whether a program can be one of our servers: it runs here, says a version we work with,
 * and is not confined to the system's folders.
 */
import { accessSync, constants, existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { runCommand } from './run-command.js';

export type ServerKind = 'mysql' | 'redis';
export type ServerFlavour = 'mysql' | 'mariadb' | 'redis' | 'valkey';

export const FLAVOURS: Record<ServerKind, readonly ServerFlavour[]> = {
  mysql: ['mysql', 'mariadb'],
  redis: ['redis', 'valkey'],
};

export interface ServerBinary {
  readonly flavour: ServerFlavour;
  readonly path: string;
  readonly version: string;
  readonly env: Readonly<Record<string, string>>;
}

/** SKIP LOCKED came with MySQL 8.0 and MariaDB 10.6; the scripts are written for Redis 7, which Valkey 7.2 forked. */
const OLDEST: Record<ServerFlavour, readonly [number, number]> = {
  mysql: [8, 0],
  mariadb: [10, 6],
  redis: [7, 0],
  valkey: [7, 2],
};

const VERSION_TIMEOUT_MS = 15_000;

export async function examineProgram(
  kind: ServerKind,
  path: string,
  env: Record<string, string>,
): Promise<ServerBinary | undefined> {
  if (!isProgram(path) || isConfined(path)) return undefined;
  const args = kind === 'mysql' ? ['--no-defaults', '--version'] : ['--version'];
  const { isOk, output } = await runCommand(path, args, { env, timeoutMs: VERSION_TIMEOUT_MS });
  const match = /(?:Ver |v=)((\d+)\.(\d+)[.\d]*)/.exec(output);
  if (!isOk || match === null) return undefined;
  const flavour = flavourOf(kind, output);
  const [major, minor] = OLDEST[flavour];
  const isRecent =
    Number(match[2]) > major || (Number(match[2]) === major && Number(match[3]) >= minor);
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
    if (readFileSync('/sys/module/apparmor/parameters/enabled', 'utf8').trim() !== 'Y')
      return false;
    if (existsSync(`/etc/apparmor.d/disable/${profile}`)) return false;
    return readFileSync(`/etc/apparmor.d/${profile}`, 'utf8')
      .split('\n')
      .some((line) => line.startsWith(program));
  } catch {
    return false;
  }
}
