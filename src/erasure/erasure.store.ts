/** The SQL of erasures themselves; what they do to other tables is in replace-user.ts. */
import type { Database, Row, Sql } from '../storage/database.js';
import { fromNullableMoment, fromSqlMoment, toSqlMoment } from '../storage/moments.js';
import type { Sealer } from '../storage/seal.js';
import type { Place } from '../storage/sealed-columns.js';
import type { Erasure, ErasureStatus, RunningErasure } from './erasure.types.js';

const COLUMNS = `id, status, erase_key, user_hash, user_sealed, pseudonym, actor, reason, rows_changed,
  requested_at, due_at, finished_at`;
/** Of one user, as many as an operator is told. */
const HISTORY_MAX = 20;

export const ERASURE_SQL = {
  insert: `INSERT INTO erasure (id, status, erase_key, user_hash, user_sealed, pseudonym, actor, reason,
      rows_changed, requested_at, due_at)
    VALUES (?, 'RUNNING', ?, ?, ?, ?, ?, ?, 0, ?, ?) ON DUPLICATE KEY UPDATE id = erasure.id`,
  byKey: `SELECT ${COLUMNS} FROM erasure WHERE erase_key = ?`,
  byId: `SELECT ${COLUMNS} FROM erasure WHERE id = ?`,
  ofUser: `SELECT ${COLUMNS} FROM erasure WHERE user_hash = ? ORDER BY id DESC LIMIT ${HISTORY_MAX}`,
  running: `SELECT ${COLUMNS} FROM erasure WHERE status = 'RUNNING' ORDER BY due_at LIMIT ?`,
  count: `UPDATE erasure SET rows_changed = rows_changed + ? WHERE id = ? AND status = 'RUNNING'`,
  finish: `UPDATE erasure SET status = 'DONE', user_sealed = NULL, pseudonym = NULL, finished_at = ?
    WHERE id = ? AND status = 'RUNNING'`,
};

export interface NewErasure extends RunningErasure {
  readonly eraseKey: string;
  readonly userHash: string;
}

/** @returns false: the key was used before */
export async function insertErasure(sql: Sql, sealer: Sealer, made: NewErasure): Promise<boolean> {
  const inserted = await sql.change(ERASURE_SQL.insert, [
    made.id,
    made.eraseKey,
    made.userHash,
    sealer.seal(made.userId, placeOf(made.id)),
    made.pseudonym,
    made.actor,
    made.reason,
    toSqlMoment(made.requestedAtMs),
    toSqlMoment(made.dueAtMs),
  ]);
  return inserted === 1;
}

export interface FoundErasure extends Erasure {
  readonly userHash: string;
}

export async function findByKey(
  source: Pick<Sql, 'rows'>,
  eraseKey: string,
): Promise<FoundErasure | undefined> {
  const [row] = await source.rows(ERASURE_SQL.byKey, [eraseKey]);
  return row && toErasure(row);
}

export async function readErasure(
  database: Pick<Database, 'rows'>,
  id: string,
): Promise<Erasure | undefined> {
  const [row] = await database.rows(ERASURE_SQL.byId, [id]);
  return row && toErasure(row);
}

/** Newest first. */
export async function readErasuresOf(
  source: Pick<Sql, 'rows'>,
  userHash: string,
): Promise<FoundErasure[]> {
  return (await source.rows(ERASURE_SQL.ofUser, [userHash])).map(toErasure);
}

/** @throws CannotOpen where the key is gone that sealed the user */
export async function readRunning(
  database: Pick<Database, 'rows'>,
  sealer: Sealer,
  limit: number,
): Promise<RunningErasure[]> {
  const rows = await database.rows(ERASURE_SQL.running, [limit]);
  return rows.map((row) => ({
    ...toErasure(row),
    userId: sealer.open(String(row['user_sealed']), placeOf(String(row['id']))),
    pseudonym: String(row['pseudonym']),
    dueAtMs: fromSqlMoment(String(row['due_at'])),
  }));
}

function placeOf(rowId: string): Place {
  return { table: 'erasure', column: 'user_sealed', rowId };
}

function toErasure(row: Row): FoundErasure {
  return {
    id: String(row['id']),
    status: row['status'] as ErasureStatus,
    userHash: String(row['user_hash']),
    actor: String(row['actor']),
    reason: String(row['reason']),
    rows: Number(row['rows_changed']),
    requestedAtMs: fromSqlMoment(String(row['requested_at'])),
    finishedAtMs: fromNullableMoment(row['finished_at']),
  };
}
