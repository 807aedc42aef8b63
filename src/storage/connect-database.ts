/** Opens databases: pool, session settings that the promises rest on, and migrations. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/mysql';
import type { Pool, PoolConnection } from 'mysql2';
import { createPool, format } from 'mysql2';
import { createConnection } from 'mysql2/promise';
import {
  CONNECTION_QUEUE_MAX,
  CONNECTIONS_MAX,
  LOCK_WAIT_S,
  MIGRATION_LOCK_WAIT_S,
  MIGRATION_PAUSE_MS,
  MIGRATION_TRIES_MAX,
  MIGRATION_WAIT_S,
  PACKET_CONNECTIONS_MAX,
  TRANSACTION_IDLE_S,
  VERIFY_STATEMENT_DEADLINE_MS,
} from '../config/limits.js';
import { isRetryable } from './database-errors.js';
import { Database, type Row, type SqlValue } from './database.js';
import { migrations } from './migrations/migrations.js';
import { Packets } from './packets.js';
import { tables } from './schema/tables.js';

/** READ COMMITTED and short lock waits keep the batches short; strict mode refuses what does not fit. */
const SESSION = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  `SET SESSION innodb_lock_wait_timeout = ${LOCK_WAIT_S}`,
  // Of MariaDB: a process that froze inside a transaction must not keep its rows from everybody else.
  `SET SESSION time_zone = '+00:00' /*M!100300 , SESSION idle_transaction_timeout = ${TRANSACTION_IDLE_S} */`,
  // Of table definitions. Everybody who comes later waits behind a migration that waits, so it gives up soon.
  `SET SESSION lock_wait_timeout = ${MIGRATION_LOCK_WAIT_S}`,
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
];

/** So that no mistake of ours makes a replica another database than its primary. */
const REPLICA_SESSION = [...SESSION, 'SET SESSION TRANSACTION READ ONLY'];

const DRIVER = {
  // Without this a duplicate left as it is would count as a changed row.
  flags: ['-FOUND_ROWS'],
  connectTimeout: 2_000,
  enableKeepAlive: true,
  queueLimit: CONNECTION_QUEUE_MAX,
};

/** The database that is written to, with its tables. */
export class PrimaryDatabase extends Database {
  constructor(
    readonly orm: MikroORM,
    pool: Pool,
    packets: Pool | undefined,
  ) {
    const close = async () => {
      await Promise.all([orm.close(true), packets?.promise().end()]);
    };
    super(pool.promise(), close, packets && new Packets(packets.promise()));
  }
}

/**
 * Connects to `url` (mysql://user:password@host:port/database). Nothing is sent before first use.
 * @param takesPackets false: what stands before it takes one statement at a time
 */
export async function connectDatabase(url: string, takesPackets = true): Promise<PrimaryDatabase> {
  const orm = await MikroORM.init({
    entities: tables,
    clientUrl: url,
    extensions: [Migrator],
    pool: { min: 0, max: CONNECTIONS_MAX },
    driverOptions: DRIVER,
    migrations: { migrationsList: migrations, snapshot: false, tableName: 'migration' },
    discovery: { warnWhenNoEntities: false },
    logger: () => undefined,
  });
  const pool = await orm.em.getConnection().getNativeClient();
  beginSessionsWith(pool, SESSION);
  // To hand out its pool MikroORM has opened a connection, before anybody could tell it the settings.
  const first = await pool
    .promise()
    .getConnection()
    .catch(() => undefined);
  first?.destroy();
  return new PrimaryDatabase(orm as MikroORM, pool, takesPackets ? packetPool(url) : undefined);
}

/** Of its own: only where a whole text is ours may a second statement be read in it. */
function packetPool(url: string): Pool {
  const multipleStatements = true;
  const pool = createPool({
    uri: url,
    connectionLimit: PACKET_CONNECTIONS_MAX,
    multipleStatements,
    queryFormat: writeValues,
    ...READS_AS,
    ...DRIVER,
  });
  beginSessionsWith(pool, SESSION);
  return pool;
}

/** A packet's text has its values already: the driver would look for places of more, letter by letter. */
function writeValues(sql: string, values: readonly SqlValue[]): string {
  return values.length === 0 ? sql : format(sql, [...values]);
}

/** As the primary's driver is set up by MikroORM: moments and large numbers are text. */
const READS_AS = { dateStrings: true, supportBigNumbers: true };

/** Connects to a replica, for reading alone. It may be down: nothing is sent before first use. */
export function connectReplica(url: string): Database {
  const pool = createPool({ uri: url, connectionLimit: CONNECTIONS_MAX, ...READS_AS, ...DRIVER });
  beginSessionsWith(pool, REPLICA_SESSION);
  return new Database(pool.promise(), () => pool.promise().end());
}

/** Reads whole tables, on one connection. */
export interface PatientReader extends Pick<Database, 'rows'> {
  close(): Promise<void>;
}

export async function connectPatiently(url: string): Promise<PatientReader> {
  const { flags, connectTimeout } = DRIVER;
  const connection = await createConnection({ uri: url, ...READS_AS, flags, connectTimeout });
  for (const statement of REPLICA_SESSION) await connection.query(statement);
  return {
    rows: async (sql, values) => {
      const statement = { sql, timeout: VERIFY_STATEMENT_DEADLINE_MS };
      return (await connection.query(statement, [...(values ?? [])]))[0] as Row[];
    },
    close: () => connection.end(),
  };
}

function beginSessionsWith(pool: Pool, statements: readonly string[]): void {
  pool.on('connection', (connection: PoolConnection) => {
    for (const statement of statements) connection.query(statement);
  });
}

/**
 * Brings the tables to this version. Any number of processes may start at once: one migrates, the others
 * wait. A table that somebody reads for long is tried again, and never blocks those who use it meanwhile.
 * @throws DatabaseUnavailable: another process migrates for too long · Error: it could not be done in time
 */
export async function migrate(database: PrimaryDatabase): Promise<void> {
  await database.exclusively('coupons migration', MIGRATION_WAIT_S, async () => {
    for (let tries = 1; ; tries += 1) {
      try {
        await database.orm.migrator.up();
        return;
      } catch (error) {
        if (tries >= MIGRATION_TRIES_MAX || !isRetryable(causeOf(error))) throw error;
        await sleep(MIGRATION_PAUSE_MS);
      }
    }
  });
}

/** The driver's own error, which the migrator wraps. */
function causeOf(error: unknown): unknown {
  const cause = (error as { cause?: unknown } | null)?.cause;
  return cause === undefined ? error : causeOf(cause);
}
