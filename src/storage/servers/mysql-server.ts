/**
 * The embedded MySQL-compatible server: how its data is made, with what settings it runs, and who
 * may enter. One account, on the loopback address only; the server's own root cannot log in.
 *
 * Durable: a commit that was answered is on disk. It works with MariaDB and with MySQL, whose
 * differences are the two branches below.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import mysql from 'mysql2/promise';
import type { ServerBinary, ServerFlavour } from './binaries.js';
import type { EmbeddedServer } from './embedded-server.js';
import { lastLines, runCommand } from './run-command.js';
import { writePrivately } from './server-record.js';

export const MYSQL_USER = 'coupons';
export const MYSQL_DATABASE = 'coupons';

export interface ServerPlace {
  readonly dataDir: string;
  readonly stateDir: string;
  readonly logDir: string;
  readonly password: string;
}

const INIT_TIMEOUT_MS = 120_000;
const PROBE_TIMEOUT_MS = 3_000;
/** The mode of MySQL 8.4, so that MariaDB is as strict. */
const SQL_MODE =
  'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

export function mysqlServer({ dataDir, stateDir, logDir, password }: ServerPlace): EmbeddedServer {
  const folder = (flavour: ServerFlavour): string => join(dataDir, flavour);
  const accessFile = join(stateDir, 'mysql-access.sql');
  return {
    kind: 'mysql',
    recordFile: join(stateDir, 'mysql.json'),
    logFile: join(logDir, 'mysql.log'),
    stopGraceMs: 30_000,
    dataDir: folder,
    dataFlavour: () => (['mysql', 'mariadb'] as const).find((flavour) => existsSync(folder(flavour))),
    async prepare(binary) {
      writePrivately(accessFile, accessSql(password));
      if (!existsSync(folder(binary.flavour))) await createData(binary, folder(binary.flavour));
    },
    args: (binary, port) => [
      ...commonArgs(binary, folder(binary.flavour)),
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      // No socket: its path may be longer than the 107 bytes the system allows.
      '--socket=',
      `--pid-file=${join(stateDir, 'mysql.pid')}`,
      `--init-file=${accessFile}`,
      '--skip-name-resolve',
      '--innodb-flush-log-at-trx-commit=1',
      '--innodb-buffer-pool-size=256M',
      '--max-connections=200',
      // The binary log serves replication and restores to a moment; this server has neither, and commits pay for it.
      '--skip-log-bin',
      '--local-infile=0',
      '--default-time-zone=+00:00',
      `--sql-mode=${SQL_MODE}`,
      // A folder compiled in, which exists only where the system's package was installed, or it refuses to start.
      '--secure-file-priv=',
      ...(binary.flavour === 'mysql'
        ? // Its second protocol listens on a port of its own, which may be another server's.
          ['--mysqlx=OFF']
        : // Newer MariaDB fails a locking read that MySQL lets through; older ones do not know the setting.
          ['--loose-innodb-snapshot-isolation=OFF']),
    ],
    probe: (port) => probeMysql(port, password),
  };
}

function commonArgs(binary: ServerBinary, data: string): string[] {
  const base = baseFolder(binary);
  return [
    // First, or the settings of another server on this machine would be ours.
    '--no-defaults',
    ...(base === undefined ? [] : [`--basedir=${base}`]),
    `--datadir=${data}`,
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
    '--character-set-server=utf8mb4',
  ];
}

/** Made aside and renamed when complete, so that a killed start leaves no half database. */
async function createData(binary: ServerBinary, data: string): Promise<void> {
  for (const name of readdirSync(dirname(data))) {
    if (name.startsWith('new-database.')) rmSync(join(dirname(data), name), { recursive: true, force: true });
  }
  const draft = mkdtempSync(join(dirname(data), 'new-database.'));
  const target = join(draft, 'data');
  mkdirSync(target, { mode: 0o700 });
  const isMysql = binary.flavour === 'mysql';
  const args = [...commonArgs(binary, target), isMysql ? '--initialize-insecure' : '--bootstrap', '--secure-file-priv='];
  const result = await runCommand(binary.path, args, {
    env: binary.env,
    timeoutMs: INIT_TIMEOUT_MS,
    ...(isMysql ? {} : { input: mariadbSystemTables(binary) }),
  });
  if (!result.isOk) throw new Error(`${binary.path} could not create its database:\n${lastLines(result.output, 15)}`);
  renameSync(target, data);
  rmSync(draft, { recursive: true, force: true });
}

/** What mariadb-install-db sends; the script itself needs tools that the core package lacks. */
function mariadbSystemTables(binary: ServerBinary): string {
  const base = baseFolder(binary) ?? '/usr';
  const folders = ['share/mysql', 'share/mariadb', 'share'].map((name) => join(base, name));
  const read = (...names: string[]): string => {
    const path = folders.flatMap((folder) => names.map((name) => join(folder, name))).find((file) => existsSync(file));
    if (path === undefined) throw new Error(`${binary.path} comes without ${names[0]}; reinstall MariaDB or set MYSQL_URL`);
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
  return ['share/mysql', 'share/mariadb', 'share/english'].some((name) => existsSync(join(base, name))) ? base : undefined;
}

/** Run at every start, before anyone can connect: an account lost or changed is put right. One statement a line. */
function accessSql(password: string): string {
  const account = `'${MYSQL_USER}'@'127.0.0.1'`;
  return [
    `CREATE DATABASE IF NOT EXISTS \`${MYSQL_DATABASE}\` CHARACTER SET utf8mb4;`,
    `CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY '${password}';`,
    `ALTER USER ${account} IDENTIFIED BY '${password}';`,
    `GRANT ALL ON \`${MYSQL_DATABASE}\`.* TO ${account};`,
    // Tests make databases of their own.
    `GRANT ALL ON \`${MYSQL_DATABASE}\\_%\`.* TO ${account};`,
    "ALTER USER IF EXISTS 'root'@'localhost' ACCOUNT LOCK;",
  ].join('\n');
}

async function probeMysql(port: number, password: string): Promise<void> {
  const connecting = mysql.createConnection({
    host: '127.0.0.1', port, user: MYSQL_USER, password, database: MYSQL_DATABASE, connectTimeout: PROBE_TIMEOUT_MS,
  });
  try {
    const connection = await connecting;
    try {
      await connection.query({ sql: 'SELECT 1', timeout: PROBE_TIMEOUT_MS });
    } finally {
      connection.destroy();
    }
  } catch (error) {
    // Every connection taken by its users: it is well.
    if ((error as { code?: string }).code !== 'ER_CON_COUNT_ERROR') throw error;
  }
}
