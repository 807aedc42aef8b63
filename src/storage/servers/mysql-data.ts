/**
 * Makes the data folder of a MySQL-compatible server, as its own installer would.
 *
 * All or nothing: it is made aside and renamed when complete, so a killed start leaves no half database.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { ServerBinary } from './examine-program.js';
import { lastLines, runCommand } from './run-command.js';

const INIT_TIMEOUT_MS = 120_000;

/**
 * The folder of its temporary files. MariaDB deletes at its start whatever temporary tables it finds: in a
 * folder that all servers of the machine share, these are of statements that run in another one.
 */
function temporaryFolder(data: string): string {
  return `${data}.tmp`;
}

export function makeTemporaryFolder(data: string): void {
  mkdirSync(temporaryFolder(data), { recursive: true, mode: 0o700 });
}

export function commonMysqlArgs(binary: ServerBinary, data: string): string[] {
  const base = baseFolder(binary);
  return [
    // First, or the settings of another server on this machine would be ours.
    '--no-defaults',
    ...(base === undefined ? [] : [`--basedir=${base}`]),
    `--datadir=${data}`,
    `--tmpdir=${temporaryFolder(data)}`,
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
    '--character-set-server=utf8mb4',
  ];
}

export async function createMysqlData(binary: ServerBinary, data: string): Promise<void> {
  for (const name of readdirSync(dirname(data))) {
    if (name.startsWith('new-database.'))
      rmSync(join(dirname(data), name), { recursive: true, force: true });
  }
  const draft = mkdtempSync(join(dirname(data), 'new-database.'));
  const target = join(draft, 'data');
  mkdirSync(target, { mode: 0o700 });
  makeTemporaryFolder(target);
  const isMysql = binary.flavour === 'mysql';
  const args = [
    ...commonMysqlArgs(binary, target),
    isMysql ? '--initialize-insecure' : '--bootstrap',
    '--secure-file-priv=',
  ];
  const result = await runCommand(binary.path, args, {
    env: binary.env,
    timeoutMs: INIT_TIMEOUT_MS,
    ...(isMysql ? {} : { input: mariadbSystemTables(binary) }),
  });
  if (!result.isOk)
    throw new Error(
      `${binary.path} could not create its database:\n${lastLines(result.output, 15)}`,
    );
  renameSync(target, data);
  rmSync(draft, { recursive: true, force: true });
}

/** What mariadb-install-db sends; the script itself needs tools that the core package lacks. */
function mariadbSystemTables(binary: ServerBinary): string {
  const base = baseFolder(binary) ?? '/usr';
  const folders = ['share/mysql', 'share/mariadb', 'share'].map((name) => join(base, name));
  const read = (...names: string[]): string => {
    const path = folders
      .flatMap((folder) => names.map((name) => join(folder, name)))
      .find((file) => existsSync(file));
    if (path === undefined)
      throw new Error(
        `${binary.path} comes without ${names[0]}; reinstall MariaDB or set MYSQL_URL`,
      );
    return readFileSync(path, 'utf8');
  };
  const parts = ['system_tables', 'performance_tables', 'system_tables_data'];
  return [
    'CREATE DATABASE mysql;',
    'USE mysql;',
    // A root that only a socket could let in, and there is no socket.
    "SET @auth_root_socket='root';",
    'SET @skip_auth_anonymous_users=1;',
    ...parts.map((part) => read(`mariadb_${part}.sql`, `mysql_${part}.sql`)),
    read('maria_add_gis_sp_bootstrap.sql'),
    read('mariadb_sys_schema.sql', 'mysql_sys_schema.sql'),
  ].join('\n');
}

/** The folder its share/ is in; undefined where it is elsewhere and the program must know itself. */
function baseFolder(binary: ServerBinary): string | undefined {
  const base = dirname(dirname(realpathSync(binary.path)));
  return ['share/mysql', 'share/mariadb', 'share/english'].some((name) =>
    existsSync(join(base, name)),
  )
    ? base
    : undefined;
}
