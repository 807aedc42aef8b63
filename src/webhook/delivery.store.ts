/**
 * The SQL of what waits at endpoints. Of each subject at most the first has a time for its next try; the
 * others stand behind it. Whatever moves rows has locked the endpoint (lockEndpoint), so that a row that
 * comes to stand behind another finds it still there.
 */
import { newId } from '../kernel/ids.js';
import type { Row, Sql, SqlValue } from '../storage/database.js';
import {
  fromNullableMoment,
  fromSqlMoment,
  toNullableMoment,
  toSqlMoment,
} from '../storage/moments.js';
import type { PlacedEvent } from '../event/event.types.js';
import type { FailedTry, WaitingDelivery } from './webhook.types.js';
import { marks } from '../storage/marks.js';

type Source = Pick<Sql, 'rows'>;

export const DELIVERY_COLUMNS = `id, endpoint_id, event_id, subject_id, type, position, ordinal, body, status, tries,
  next_at, last_status, last_error, created_at, updated_at`;
const ROW = `(${Array(15).fill('?').join(', ')})`;
const OF_SUBJECT = "endpoint_id = ? AND subject_id = ? AND status = 'WAITING'";

export const DELIVERY_SQL = {
  insert: (rows: number) =>
    `INSERT INTO webhook_delivery (${DELIVERY_COLUMNS}) VALUES ${marks(rows, ROW)}
     ON DUPLICATE KEY UPDATE id = webhook_delivery.id`,
  due: `SELECT ${DELIVERY_COLUMNS} FROM webhook_delivery FORCE INDEX (ix_webhook_due)
    WHERE endpoint_id = ? AND status = 'WAITING' AND next_at <= ? ORDER BY next_at LIMIT ?`,
  heldSubjects: (subjects: number) =>
    `SELECT DISTINCT subject_id FROM webhook_delivery FORCE INDEX (ix_webhook_subject)
     WHERE endpoint_id = ? AND status = 'WAITING' AND subject_id IN (${marks(subjects)})`,
  first: `SELECT ${DELIVERY_COLUMNS} FROM webhook_delivery FORCE INDEX (ix_webhook_subject)
    WHERE ${OF_SUBJECT} ORDER BY position, ordinal LIMIT 1`,
  waiting: `SELECT COUNT(*) AS n FROM (SELECT id FROM webhook_delivery FORCE INDEX (ix_webhook_due)
    WHERE endpoint_id = ? AND status = 'WAITING' LIMIT ?) AS some`,
  remove: "DELETE FROM webhook_delivery WHERE id = ? AND status = 'WAITING'",
  callUp: 'UPDATE webhook_delivery SET next_at = ? WHERE id = ?',
  noteFailure: `UPDATE webhook_delivery SET status = ?, tries = tries + 1, next_at = ?, last_status = ?,
    last_error = ?, updated_at = ? WHERE id = ? AND status = 'WAITING' AND tries = ?`,
};

export interface NewDelivery {
  readonly placed: PlacedEvent;
  readonly body: string;
  readonly tries: number;
  /** null: it stands behind an earlier one. */
  readonly nextAtMs: number | null;
  readonly failure: FailedTry | null;
}

/** What is there already stays as it is: another process was first. */
export async function insertDeliveries(
  sql: Sql,
  endpointId: string,
  deliveries: readonly NewDelivery[],
  nowMs: number,
): Promise<void> {
  if (deliveries.length === 0) return;
  const rows = deliveries.flatMap((delivery) => rowOf(endpointId, delivery, nowMs));
  await sql.change(DELIVERY_SQL.insert(deliveries.length), rows);
}

/** What is due for a try, the longest overdue first. */
export async function readDue(
  source: Source,
  endpointId: string,
  nowMs: number,
  limit: number,
): Promise<WaitingDelivery[]> {
  const values = [endpointId, toSqlMoment(nowMs), limit];
  return (await source.rows(DELIVERY_SQL.due, values)).map(toDelivery);
}

/** Which of these subjects have something waiting, so that what follows must wait too. */
export async function readHeldSubjects(
  source: Source,
  endpointId: string,
  subjects: readonly string[],
): Promise<Set<string>> {
  if (subjects.length === 0) return new Set();
  const sql = DELIVERY_SQL.heldSubjects(subjects.length);
  const rows = await source.rows(sql, [endpointId, ...subjects]);
  return new Set(rows.map((row) => String(row['subject_id'])));
}

/** @returns how many wait there, counted up to `limit` */
export async function countWaiting(
  source: Source,
  endpointId: string,
  limit: number,
): Promise<number> {
  const [row] = await source.rows(DELIVERY_SQL.waiting, [endpointId, limit]);
  return Number(row?.['n']);
}

/** The first that waits of a subject. */
export async function readFirst(
  source: Source,
  endpointId: string,
  subjectId: string,
): Promise<WaitingDelivery | undefined> {
  return (await source.rows(DELIVERY_SQL.first, [endpointId, subjectId])).map(toDelivery)[0];
}

/** Gives the first that waits of a subject its turn now. @returns it; undefined: none waits */
export async function callUpFirst(
  sql: Sql,
  endpointId: string,
  subjectId: string,
  nowMs: number,
): Promise<WaitingDelivery | undefined> {
  const first = await readFirst(sql, endpointId, subjectId);
  if (first !== undefined) await sql.change(DELIVERY_SQL.callUp, [toSqlMoment(nowMs), first.id]);
  return first;
}

export async function removeDelivery(sql: Sql, id: string): Promise<void> {
  await sql.change(DELIVERY_SQL.remove, [id]);
}

/** @returns false: another process noted something of it meanwhile */
export async function noteFailure(
  sql: Sql,
  { id, tries }: WaitingDelivery,
  failure: FailedTry,
  nextAtMs: number | null,
  nowMs: number,
): Promise<boolean> {
  const changed = await sql.change(DELIVERY_SQL.noteFailure, [
    nextAtMs === null ? 'DEAD' : 'WAITING',
    toNullableMoment(nextAtMs),
    failure.status,
    failure.error,
    toSqlMoment(nowMs),
    id,
    tries,
  ]);
  return changed === 1;
}

function rowOf(endpointId: string, delivery: NewDelivery, nowMs: number): SqlValue[] {
  const { placed, body, tries, nextAtMs, failure } = delivery;
  const now = toSqlMoment(nowMs);
  return [
    newId(nowMs),
    endpointId,
    placed.event.id,
    placed.event.subject,
    placed.event.type,
    placed.position,
    placed.ordinal,
    body,
    'WAITING',
    tries,
    toNullableMoment(nextAtMs),
    failure?.status ?? null,
    failure?.error ?? null,
    now,
    now,
  ];
}

export function toDelivery(row: Row): WaitingDelivery {
  return {
    id: String(row['id']),
    endpointId: String(row['endpoint_id']),
    eventId: String(row['event_id']),
    subjectId: String(row['subject_id']),
    type: String(row['type']),
    position: Number(row['position']),
    ordinal: Number(row['ordinal']),
    body: String(row['body']),
    status: row['status'] as WaitingDelivery['status'],
    tries: Number(row['tries']),
    nextAtMs: fromNullableMoment(row['next_at']),
    lastStatus: row['last_status'] === null ? null : Number(row['last_status']),
    lastError: row['last_error'] as string | null,
    createdAtMs: fromSqlMoment(String(row['created_at'])),
    updatedAtMs: fromSqlMoment(String(row['updated_at'])),
  };
}
