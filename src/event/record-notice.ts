/**
 * Writes an event that is no change of state: something will happen, and somebody should know. It has no audit
 * entry, for nothing changed; that it is told once is the business of who writes it. Its id is after those of
 * its subject's earlier events, as that of a change: the relay tells them in that order.
 */
import { newIdAfter } from '../kernel/ids.js';
import type { Sql } from '../storage/database.js';
import { toSqlMoment } from '../storage/moments.js';
import { readLastEvents } from './last-events.js';
import { CHANGE_SQL } from './record-change.js';

export interface Notice {
  /** `coupon.expiring` */
  readonly type: string;
  /** Locked by the transaction. */
  readonly subjectId: string;
  readonly atMs: number;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Notices that share a transaction; a call with none does nothing. */
export async function recordNotices(sql: Sql, notices: readonly Notice[]): Promise<void> {
  if (notices.length === 0) return;
  const subjects = notices.map(({ subjectId }) => subjectId);
  const last = await readLastEvents(sql, subjects);
  const rows = notices.flatMap(({ type, subjectId, atMs, details }) => [
    newIdAfter(last.get(subjectId), atMs),
    type,
    subjectId,
    JSON.stringify({ subjectId, at: new Date(atMs).toISOString(), ...details }),
    toSqlMoment(atMs),
  ]);
  await sql.change(CHANGE_SQL.outbox(notices.length), rows);
}
