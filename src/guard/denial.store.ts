/** The SQL of risk denials: how many there were of a template in a minute, added up over all processes. */
import type { Database } from '../storage/database.js';
import { fromSqlMoment, toSqlMoment } from '../storage/moments.js';

export interface Denials {
  readonly templateId: string;
  /** The beginning of the minute. */
  readonly minuteMs: number;
  readonly denied: number;
}

/** Minutes that an operator is shown: a day of them. */
const DENIALS_SHOWN_MAX = 1_440;

export function minuteOf(nowMs: number): number {
  return Math.floor(nowMs / 60_000) * 60_000;
}

/** @throws DatabaseUnavailable · OutcomeUnknown */
export async function addDenials(database: Database, rows: readonly Denials[]): Promise<void> {
  const marks = rows.map(() => '(?, ?, ?)').join(', ');
  await database.transaction((sql) =>
    sql.change(
      `INSERT INTO risk_denial (template_id, minute, denied) VALUES ${marks}
       ON DUPLICATE KEY UPDATE denied = denied + VALUES(denied)`,
      rows.flatMap((row) => [row.templateId, toSqlMoment(row.minuteMs), row.denied]),
    ),
  );
}

/** The last minutes of a template in which claims were denied by risk, newest first. */
export async function readDenials(database: Database, templateId: string): Promise<Denials[]> {
  const rows = await database.rows(
    `SELECT minute, denied FROM risk_denial WHERE template_id = ?
     ORDER BY minute DESC LIMIT ${DENIALS_SHOWN_MAX}`,
    [templateId],
  );
  return rows.map((row) => ({
    templateId,
    minuteMs: fromSqlMoment(String(row['minute'])),
    denied: Number(row['denied']),
  }));
}
