/**
 * Writes the audit entry and the event of a change of state, in the transaction of the change.
 *
 * Promise: no change without both. The pair (subject, seq) is the audit's primary key and seq is the
 * subject's version after the change, so a step cannot be recorded twice.
 */
import { newId } from '../kernel/ids.js';
import type { Sql, SqlValue } from '../storage/database.js';
import { toSqlMoment } from '../storage/moments.js';

export type Subject = 'TEMPLATE' | 'COUPON' | 'REDEMPTION';

export interface Change {
  readonly subject: Subject;
  readonly subjectId: string;
  /** The subject's version after the change. */
  readonly seq: number;
  readonly action: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly actor: string;
  readonly atMs: number;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The name of a change's event: `coupon.held`, `redemption.confirmed`. */
export function eventTypeOf(change: Pick<Change, 'subject' | 'action'>): string {
  return `${change.subject.toLowerCase()}.${change.action.toLowerCase()}`;
}

export const CHANGE_SQL = {
  audit: (rows: number) =>
    `INSERT INTO audit (subject_id, seq, subject, at, actor, action, from_status, to_status, details)
     VALUES ${Array(rows).fill('(?, ?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}`,
  outbox: (rows: number) =>
    `INSERT INTO outbox (id, type, subject_id, payload, created_at)
     VALUES ${Array(rows).fill('(?, ?, ?, ?, ?)').join(', ')}`,
};

/** Records changes that share a transaction; a call with none does nothing. */
export async function recordChanges(sql: Sql, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return;
  await sql.change(CHANGE_SQL.audit(changes.length), changes.flatMap(auditRow));
  await sql.change(CHANGE_SQL.outbox(changes.length), changes.flatMap(outboxRow));
}

function auditRow(change: Change): SqlValue[] {
  return [
    change.subjectId,
    change.seq,
    change.subject,
    toSqlMoment(change.atMs),
    change.actor,
    change.action,
    change.from,
    change.to,
    change.details ? JSON.stringify(change.details) : null,
  ];
}

function outboxRow(change: Change): SqlValue[] {
  const { subjectId, seq, from, to, atMs, details } = change;
  const payload = { subjectId, seq, from, to, at: new Date(atMs).toISOString(), ...details };
  return [
    newId(change.atMs),
    eventTypeOf(change),
    subjectId,
    JSON.stringify(payload),
    toSqlMoment(atMs),
  ];
}
