import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STATEMENT_DEADLINE_MS } from '../../src/config/limits.js';
import {
  DatabaseUnavailable,
  isDuplicateKey,
  OutcomeUnknown,
} from '../../src/storage/database-errors.js';
import { connectDatabase, connectPatiently, migrate } from '../../src/storage/connect-database.js';
import { migrations } from '../../src/storage/migrations/migrations.js';
import { tables } from '../../src/storage/schema/tables.js';
import { openStores, type OwnStores } from '../kit/stores.js';

describe('the database', () => {
  let stores: OwnStores;
  beforeAll(async () => {
    stores = await openStores();
  });
  afterAll(() => stores.close());

  const quote = (id: string) => [id, '{}', '2026-01-01 00:00:00.000'];
  const insert = 'INSERT INTO quote (id, body, expires_at) VALUES (?, ?, ?)';
  const count = async () =>
    Number((await stores.database.rows('SELECT COUNT(*) AS n FROM quote'))[0]!['n']);

  it('has exactly the columns that the tables declare', async () => {
    const rows = await stores.database.rows(
      `SELECT table_name AS t, column_name AS c, is_nullable AS n FROM information_schema.columns
       WHERE table_schema = DATABASE() AND table_name <> 'migration'`,
    );
    const found = rows.map((row) => `${row['t']}.${row['c']} ${row['n']}`).sort();
    const declared = tables.flatMap((table) => {
      const meta = stores.database.orm.getMetadata().get(table.meta.class);
      return meta.props.map(
        (prop) => `${meta.tableName}.${prop.fieldNames[0]} ${prop.nullable ? 'YES' : 'NO'}`,
      );
    });
    expect(found).toEqual(declared.sort());
  });

  it('tells its settings to every connection, the first one too', async () => {
    const database = await connectDatabase(stores.mysqlUrl);
    const settings = await Promise.all(
      Array.from({ length: 4 }, () =>
        database.rows(
          `SELECT CONNECTION_ID() AS id, @@session.innodb_lock_wait_timeout AS wait,
             @@session.sql_mode LIKE '%STRICT_ALL_TABLES%' AS is_strict, SLEEP(0.05) AS together`,
        ),
      ),
    );
    await database.close();
    expect(new Set(settings.map(([row]) => row!['id'])).size).toBe(4);
    for (const [row] of settings) expect(row).toMatchObject({ wait: 1, is_strict: 1 });
  });

  it('does not count a duplicate that was left as it is', async () => {
    const keep = `${insert} ON DUPLICATE KEY UPDATE id = id`;
    await stores.database.transaction(async (sql) => {
      expect(await sql.change(keep, quote('same'))).toBe(1);
      expect(await sql.change(keep, quote('same'))).toBe(0);
    });
  });

  it('rolls a failed transaction back whole', async () => {
    const before = await count();
    const failing = stores.database.transaction(async (sql) => {
      await sql.change(insert, quote('a'));
      await sql.change(insert, quote('a'));
    });
    await expect(failing).rejects.toSatisfy(isDuplicateKey);
    expect(await count()).toBe(before);
  });

  it('tries a deadlocked transaction again until both are done', async () => {
    await stores.database.transaction((sql) => sql.change(insert, quote('d1')));
    await stores.database.transaction((sql) => sql.change(insert, quote('d2')));
    const touch = (first: string, second: string) =>
      stores.database.transaction(async (sql) => {
        await sql.rows('SELECT id FROM quote WHERE id = ? FOR UPDATE', [first]);
        await new Promise((resolve) => setTimeout(resolve, 30));
        await sql.rows('SELECT id FROM quote WHERE id = ? FOR UPDATE', [second]);
        return 'done';
      });
    await expect(Promise.all([touch('d1', 'd2'), touch('d2', 'd1')])).resolves.toEqual([
      'done',
      'done',
    ]);
  });

  it('calls a commit unknown whose connection was lost', async () => {
    const lost = stores.database.transaction(async (sql) => {
      const [row] = await sql.rows('SELECT CONNECTION_ID() AS id');
      await sql.change(insert, quote('lost'));
      await stores.database.rows(`KILL ${row!['id']}`).catch(() => undefined);
    });
    await expect(lost).rejects.toBeInstanceOf(OutcomeUnknown);
  });

  it('gives nobody a connection that missed its deadline', async () => {
    const other = await connectDatabase(stores.mysqlUrl);
    const idOf = async () => (await other.rows('SELECT CONNECTION_ID() AS id'))[0]!['id'];
    const first = await idOf();
    expect(await idOf()).toBe(first);
    const late = other.rows('SELECT SLEEP(?)', [STATEMENT_DEADLINE_MS / 1_000 + 1]);
    await expect(late).rejects.toBeInstanceOf(DatabaseUnavailable);
    // A new one may take its time; the old one would be back as soon as its statement ended.
    await expect.poll(() => idOf().catch(() => first), { timeout: 10_000 }).not.toBe(first);
    await other.close();
  });
});

describe('the connection of verify', () => {
  it('reads for longer than a request could wait, the same rows, and writes nothing', async () => {
    const stores = await openStores();
    const patient = await connectPatiently(stores.mysqlUrl);
    const moments =
      'SELECT UTC_TIMESTAMP(3) - INTERVAL 1 DAY AS at, 9007199254740993 AS n, NULL AS no';
    const [[ours], [theirs]] = [await patient.rows(moments), await stores.database.rows(moments)];
    expect(Object.values(ours!).map((value) => typeof value)).toEqual(
      Object.values(theirs!).map((value) => typeof value),
    );
    const late = await patient.rows('SELECT SLEEP(?) AS woken', [
      STATEMENT_DEADLINE_MS / 1_000 + 1,
    ]);
    expect(late).toEqual([{ woken: 0 }]);
    await expect(patient.rows('DELETE FROM quote')).rejects.toThrow(/READ ONLY/i);
    await patient.close();
    await stores.close();
  });
});

describe('the migrations', () => {
  it('may be started by several processes at once', async () => {
    const stores = await openStores();
    await stores.database.transaction((sql) => sql.change('DROP TABLE migration'));
    const rows = await stores.database.rows(
      'SELECT table_name AS t FROM information_schema.tables WHERE table_schema = DATABASE()',
    );
    for (const row of rows) {
      await stores.database.transaction((sql) => sql.change(`DROP TABLE ${row['t']}`));
    }
    const others = await Promise.all([1, 2, 3].map(() => connectDatabase(stores.mysqlUrl)));
    await Promise.all(others.map(migrate));
    const [done] = await stores.database.rows('SELECT COUNT(*) AS n FROM migration');
    expect(done!['n']).toBe(migrations.length);
    await Promise.all(others.map((other) => other.close()));
    await stores.close();
  });

  it('let everybody pass while somebody reads the table for long, and are done afterwards', async () => {
    const stores = await openStores();
    await stores.database.transaction(async (sql) => {
      await sql.change('ALTER TABLE template DROP COLUMN committed_seq');
      await sql.change("DELETE FROM migration WHERE name = 'Migration20261122000000'");
    });
    const reader = await createConnection(stores.mysqlUrl);
    await reader.query('START TRANSACTION');
    await reader.query('SELECT COUNT(*) FROM template');
    const other = await connectDatabase(stores.mysqlUrl);
    let isDone = false;
    const migrating = migrate(other).then(() => (isDone = true));
    const waiting = `SELECT COUNT(*) AS n FROM information_schema.processlist
      WHERE db = DATABASE() AND info LIKE 'alter table%'`;
    while (Number((await stores.database.rows(waiting))[0]!['n']) === 0) await sleep(5);
    // It stands behind the migration that stands behind the reader, and is let through.
    await stores.database.rows('SELECT COUNT(*) FROM template');
    expect(isDone).toBe(false);
    await reader.query('ROLLBACK');
    await reader.end();
    await migrating;
    await other.close();
    expect(await stores.database.rows('SELECT committed_seq FROM template')).toEqual([]);
    await stores.close();
  });
});
