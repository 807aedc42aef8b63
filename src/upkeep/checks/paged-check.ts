/**
 * A check that walks a table by the ranges of an indexed column, however many rows there are.
 *
 * Each page is one statement, which sees one committed moment; so what it finds is a violation and not
 * a change on its way, also on a running system.
 */
import type { SqlValue } from '../../storage/database.js';
import { VIOLATIONS_SHOWN_MAX, type Check } from './check.js';

/** Subjects of one statement: well under a statement's deadline with a cold cache. */
const PAGE_SUBJECTS = 2_000;

export interface PagedCheck {
  readonly name: string;
  readonly promise: string;
  /** The table and the column whose values are walked in pages. */
  readonly table: string;
  readonly key: string;
  /**
   * Finds violations; `inPage` makes the condition that keeps a column within the page.
   * The column `line` of each row is what is said.
   */
  readonly sql: (inPage: (column: string) => string) => string;
  /** Fewer where a row is large. */
  readonly pageSubjects?: number;
  /** Values of the statement's own marks, which stand behind those of its pages. */
  readonly values?: (nowMs: number) => readonly SqlValue[];
}

export function pagedCheck(check: PagedCheck): Check {
  const { name, promise, table, key, sql, values, pageSubjects = PAGE_SUBJECTS } = check;
  let ranges = 0;
  const statement = sql((column) => {
    ranges += 1;
    return `${column} > ? AND ${column} <= ?`;
  });
  const end = `SELECT MAX(${key}) AS last FROM
    (SELECT ${key} FROM ${table} WHERE ${key} > ? ORDER BY ${key} LIMIT ${pageSubjects}) page`;
  const runFrom: Check['runFrom'] = async (source, nowMs, from, pagesMax) => {
    const own = values?.(nowMs) ?? [];
    const lines: string[] = [];
    let first = from;
    for (let pages = 0; pages < pagesMax && lines.length < VIOLATIONS_SHOWN_MAX; pages += 1) {
      const [page] = await source.rows(end, [first]);
      const last = page?.['last'] ?? null;
      if (last === null) break;
      const bounds = Array.from({ length: ranges }, () => [first, last]).flat();
      const limited = `${statement} LIMIT ${VIOLATIONS_SHOWN_MAX}`;
      for (const row of await source.rows(limited, [...bounds, ...own]))
        lines.push(String(row['line']));
      first = String(last);
    }
    return lines.slice(0, VIOLATIONS_SHOWN_MAX);
  };
  return { name, promise, runFrom, run: (source, nowMs) => runFrom(source, nowMs, '', Infinity) };
}
