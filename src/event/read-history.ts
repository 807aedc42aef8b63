/** The audit of one subject, oldest first. */
import type { Reader, Row } from '../storage/database.js';
import { fromSqlMoment } from '../storage/moments.js';

export interface AuditEntry {
  readonly atMs: number;
  readonly actor: string;
  readonly action: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly details: Readonly<Record<string, unknown>> | null;
}

/** Entries of one subject; no subject changes more often than this in its life. */
const HISTORY_MAX = 1_000;

export async function readHistory(reader: Reader, subjectId: string): Promise<AuditEntry[]> {
  const rows = await reader.rows(
    `SELECT at, actor, action, from_status, to_status, details FROM audit
     WHERE subject_id = ? ORDER BY seq LIMIT ${HISTORY_MAX}`,
    [subjectId],
  );
  return rows.map(toEntry);
}

function toEntry(row: Row): AuditEntry {
  return {
    atMs: fromSqlMoment(String(row['at'])),
    actor: String(row['actor']),
    action: String(row['action']),
    from: row['from_status'] as string | null,
    to: row['to_status'] as string | null,
    details:
      row['details'] === null
        ? null
        : (JSON.parse(String(row['details'])) as AuditEntry['details']),
  };
}
