/**
 * Writes the audit entry and the event of a change of state, in the transaction of the change.
 *
 * Promise: no change without both. The pair (subject, seq) is the audit's primary key and seq is the
 * subject's version after the change, so a step cannot be recorded twice. Ids of the events of one subject
 * ascend in the order of its changes, whatever clocks wrote them: the relay delivers by them.
 */
import { newIdAfter } from '../kernel/ids.js';
import type { Sql, SqlValue } from '../storage/database.js';
import { toSqlMoment } from '../storage/moments.js';
import { readLastEvents } from './last-events.js';

export type Subject =
  'TEMPLATE' | 'COUPON' | 'REDEMPTION' | 'WEBHOOK' | 'BATCH' | 'GRANT' | 'ERASURE';

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
  /** Of a coupon: the event of its claim is among those of its template. */
  readonly templateId?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The name of a change's event: `coupon.held`, `redemption.confirmed`. */
export function eventTypeOf(change: Pick<Change, 'subject' | 'action'>): string {
  return `${change.subject.toLowerCase()}.${change.action.toLowerCase()}`;
}

const marks = (rows: number, row: string): string => Array(rows).fill(row).join(', ');

export const CHANGE_SQL = {
  audit: (rows: number) =>
    `INSERT INTO audit (subject_id, seq, subject, at, actor, action, from_status, to_status, details)
     VALUES ${marks(rows, '(?, ?, ?, ?, ?, ?, ?, ?, ?)')}`,
  outbox: (rows: number) =>
    `INSERT INTO outbox (id, type, subject_id, payload, created_at)
     VALUES ${marks(rows, '(?, ?, ?, ?, ?)')}`,
};

/**
 * Records changes that share a transaction, which has locked or made their subjects; a call with none does
 * nothing.
 */
export async function recordChanges(sql: Sql, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return;
  await sql.change(CHANGE_SQL.audit(changes.length), changes.flatMap(auditRow));
  const last = await lastEvents(sql, changes);
  const rows = changes.flatMap((change) => {
    const id = newIdAfter(
      latest(followed(change).map((subject) => last.get(subject))),
      change.atMs,
    );
    last.set(change.subjectId, id);
    return outboxRow(id, change);
  });
  await sql.change(CHANGE_SQL.outbox(changes.length), rows);
}

/** Whose events come before this one: a coupon's first change follows its claim. */
function followed({ subjectId, seq, templateId }: Change): string[] {
  return seq === 2 && templateId !== undefined ? [subjectId, templateId] : [subjectId];
}

function lastEvents(sql: Sql, changes: readonly Change[]): Promise<Map<string, string>> {
  const all = new Set(changes.flatMap(followed));
  const templates = new Set(changes.flatMap(templatesOf).filter((id) => all.has(id)));
  return readLastEvents(sql, [...all.difference(templates)], [...templates]);
}

function templatesOf({ subject, subjectId, templateId }: Change): string[] {
  if (subject === 'TEMPLATE') return [subjectId];
  return templateId === undefined ? [] : [templateId];
}

function latest(ids: readonly (string | undefined)[]): string | undefined {
  return ids.reduce((a, b) => (a === undefined || (b !== undefined && b > a) ? b : a));
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

function outboxRow(id: string, change: Change): SqlValue[] {
  const { subjectId, seq, from, to, atMs, templateId, details } = change;
  const at = new Date(atMs).toISOString();
  const payload = { subjectId, seq, from, to, at, templateId, ...details };
  return [id, eventTypeOf(change), subjectId, JSON.stringify(payload), toSqlMoment(atMs)];
}
