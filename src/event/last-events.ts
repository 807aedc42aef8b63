/** The last event of each of many subjects: the id of the next one must come after it (record-change.ts). */
import { marks } from '../storage/marks.js';
import type { Sql } from '../storage/database.js';

export const LAST_EVENTS_SQL = {
  /** Of subjects with a handful of events each. One statement to parse, whatever their number. */
  ofEach: (subjects: number) =>
    `SELECT subject_id, MAX(id) AS id FROM outbox FORCE INDEX (ix_outbox_subject)
     WHERE subject_id IN (${marks(subjects)}) GROUP BY subject_id`,
  /** Of a template, which has an event for every batch of claims: one dive into the index. */
  ofOne: `SELECT subject_id, id FROM outbox FORCE INDEX (ix_outbox_subject)
    WHERE subject_id = ? ORDER BY id DESC LIMIT 1`,
};

/**
 * @param subjects with a few events each
 * @param templates each may have any number
 * @returns by subject the id of its last event; without those that have none
 */
export async function readLastEvents(
  sql: Pick<Sql, 'rows'>,
  subjects: readonly string[],
  templates: readonly string[] = [],
): Promise<Map<string, string>> {
  const rows = subjects.length
    ? await sql.rows(LAST_EVENTS_SQL.ofEach(subjects.length), subjects)
    : [];
  const more = [];
  for (const template of templates)
    more.push(...(await sql.rows(LAST_EVENTS_SQL.ofOne, [template])));
  return new Map([...rows, ...more].map((row) => [String(row['subject_id']), String(row['id'])]));
}
