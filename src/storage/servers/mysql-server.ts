/**
 * The embedded MySQL-compatible server: with what settings it runs, and who may enter.
 *
 * Durable: a commit that was answered is on disk. One account, from the loopback address only; the
 * server's own root cannot log in. MariaDB and MySQL differ in the branch below and in mysql-data.ts.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { FLAVOURS, type ServerFlavour } from './examine-program.js';
import type { Answer, EmbeddedServer } from './embedded-server.js';
import { commonMysqlArgs, createMysqlData, makeTemporaryFolder } from './mysql-data.js';
import type { ServerPlace } from './server-place.js';
import { writePrivately } from './server-record.js';

export const MYSQL_USER = 'coupons';
export const MYSQL_DATABASE = 'coupons';

const PROBE_TIMEOUT_MS = 3_000;
/** The mode of MySQL 8.4, so that MariaDB is as strict. */
const SQL_MODE =
  'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

export function mysqlServer(
  { dataDir, stateDir, logDir, password }: ServerPlace,
  moreArgs: readonly string[] = [],
): EmbeddedServer {
  const folder = (flavour: ServerFlavour): string => join(dataDir, flavour);
  const accessFile = join(stateDir, 'mysql-access.sql');
  return {
    kind: 'mysql',
    recordFile: join(stateDir, 'mysql.json'),
    logFile: join(logDir, 'mysql.log'),
    stopGraceMs: 30_000,
    dataDir: folder,
    dataFlavour: () => FLAVOURS.mysql.find((flavour) => existsSync(folder(flavour))),
    async prepare(binary) {
      writePrivately(accessFile, accessSql(password));
      if (!existsSync(folder(binary.flavour)))
        await createMysqlData(binary, folder(binary.flavour));
      makeTemporaryFolder(folder(binary.flavour));
    },
    args: (binary, port) => [
      ...commonMysqlArgs(binary, folder(binary.flavour)),
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      // No socket: its path may be longer than the 107 bytes the system allows.
      '--socket=',
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
      ...moreArgs,
    ],
    probe: ({ port }) => probeMysql(port, password),
  };
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

async function probeMysql(port: number, password: string): Promise<Answer> {
  try {
    const connection = await mysql.createConnection({
      host: '127.0.0.1',
      port,
      user: MYSQL_USER,
      password,
      database: MYSQL_DATABASE,
      connectTimeout: PROBE_TIMEOUT_MS,
    });
    try {
      await connection.query({ sql: 'SELECT 1', timeout: PROBE_TIMEOUT_MS });
      await connection.end();
      return 'ready';
    } finally {
      connection.destroy();
    }
  } catch (error) {
    const { code } = error as { code?: string };
    // Every connection taken by its users: it is well.
    if (code === 'ER_CON_COUNT_ERROR') return 'ready';
    if (code === 'ER_ACCESS_DENIED_ERROR') return 'refused';
    throw error;
  }
}
