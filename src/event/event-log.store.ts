/**
 * The SQL of the log: the outbox in the order in which it is told.
 *
 * What is not yet in the log is found by `delivered_at IS NULL`, never by an id greater than the last one
 * seen: ids are made by many processes before they commit, so a row may appear among those already passed.
 */
import type { Database, Row, Sql, SqlValue } from '../storage/database.js';
import { fromSqlMoment, toSqlMoment } from '../storage/moments.js';
import type { LogEntry } from './event.types.js';
import { marks } from '../storage/marks.js';

/** MySQL as a run of the relay may use it. */
export type Store = Pick<Database, 'rows' | 'transaction'>;

export type CursorName = 'log' | 'stream';

/** One row of the outbox as it is stored. */
export interface OutboxRow {
  readonly id: string;
  readonly values: readonly SqlValue[];
}

const ROW = '(?, ?, ?, ?, ?, ?, ?)';

export const LOG_SQL = {
  due: `SELECT id, type, subject_id, payload, created_at FROM outbox
    WHERE delivered_at IS NULL ORDER BY id LIMIT ?`,
  oldestDue: 'SELECT created_at FROM outbox WHERE delivered_at IS NULL ORDER BY id LIMIT 1',
  insert: (rows: number) =>
    `INSERT INTO event_log (position, outbox_id, type, subject_id, payload, created_at, logged_at)
     VALUES ${marks(rows, ROW)}`,
  markLogged: (rows: number) =>
    `UPDATE outbox FORCE INDEX (PRIMARY) SET delivered_at = ? WHERE id IN (${marks(rows, '?')})`,
  cursor: 'SELECT position FROM event_cursor WHERE name = ?',
  lockCursor: 'SELECT position FROM event_cursor WHERE name = ? FOR UPDATE',
  moveCursor: 'UPDATE event_cursor SET position = ? WHERE name = ? AND position = ?',
  after: `SELECT position, outbox_id, type, subject_id, payload, created_at FROM event_log
    WHERE position > ? ORDER BY position LIMIT ?`,
  first: 'SELECT MIN(position) AS position FROM event_log',
  purge: 'DELETE FROM event_log WHERE position <= ? AND logged_at < ? ORDER BY position LIMIT ?',
};

/** What is committed and not in the log, oldest id first. */
export async function readDue(database: Store, limit: number): Promise<OutboxRow[]> {
  const rows = await database.rows(LOG_SQL.due, [limit]);
  return rows.map((row) => ({
    id: String(row['id']),
    values: ['id', 'type', 'subject_id', 'payload', 'created_at'].map((name) => row[name]!),
  }));
}

/** When the oldest of what is not in the log happened; undefined: all is. */
export async function readOldestDue(database: Store): Promise<number | undefined> {
  const [row] = await database.rows(LOG_SQL.oldestDue);
  return row === undefined ? undefined : fromSqlMoment(String(row['created_at']));
}

export async function insertEntries(
  sql: Sql,
  rows: readonly OutboxRow[],
  lastPosition: number,
  nowMs: number,
): Promise<void> {
  const now = toSqlMoment(nowMs);
  const values = rows.flatMap((row, i) => [lastPosition + 1 + i, ...row.values, now]);
  await sql.change(LOG_SQL.insert(rows.length), values);
  const ids = rows.map(({ id }) => id);
  await sql.change(LOG_SQL.markLogged(rows.length), [now, ...ids]);
}

export async function readCursor(
  source: Pick<Sql, 'rows'>,
  name: CursorName,
  sql: string = LOG_SQL.cursor,
): Promise<number> {
  const [row] = await source.rows(sql, [name]);
  return Number(row?.['position'] ?? 0);
}

/** @returns false: somebody else moved it */
export async function moveCursor(
  sql: Sql,
  name: CursorName,
  from: number,
  to: number,
): Promise<boolean> {
  return (await sql.change(LOG_SQL.moveCursor, [to, name, from])) === 1;
}

export async function readLog(
  database: Store,
  afterPosition: number,
  limit: number,
): Promise<LogEntry[]> {
  return (await database.rows(LOG_SQL.after, [afterPosition, limit])).map(toEntry);
}

/** The oldest position that is kept; undefined: none is. */
export async function readFirstPosition(database: Store): Promise<number | undefined> {
  const [row] = await database.rows(LOG_SQL.first);
  const position = row?.['position'] ?? null;
  return position === null ? undefined : Number(position);
}

/** @returns how many entries were deleted, a page at most */
export async function purgeLog(
  database: Store,
  upTo: number,
  beforeMs: number,
  limit: number,
): Promise<number> {
  return database.transaction((sql) =>
    sql.change(LOG_SQL.purge, [upTo, toSqlMoment(beforeMs), limit]),
  );
}

function toEntry(row: Row): LogEntry {
  return {
    position: Number(row['position']),
    outboxId: String(row['outbox_id']),
    type: String(row['type']),
    subjectId: String(row['subject_id']),
    payload: JSON.parse(String(row['payload'])) as LogEntry['payload'],
    createdAtMs: fromSqlMoment(String(row['created_at'])),
  };
}
