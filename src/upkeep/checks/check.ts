/** One thing that must be true of the stores, and how to find where it is not. */
import type { Row, SqlValue } from '../../storage/database.js';

/** Lines that one check reports at most: enough to see what kind of damage it is. */
export const VIOLATIONS_SHOWN_MAX = 20;

export interface CheckSource {
  rows(sql: string, values?: readonly SqlValue[]): Promise<Row[]>;
}

export interface Check {
  readonly name: string;
  /** The promise that it proves. */
  readonly promise: string;
  /** One line a violation, at most VIOLATIONS_SHOWN_MAX; empty: all is well. */
  run(source: CheckSource, nowMs: number): Promise<string[]>;
}

/** Subjects that one statement of a paged check looks at: some thousand rows are some milliseconds. */
const PAGE = 5_000;

export interface PagedCheck {
  readonly name: string;
  readonly promise: string;
  /** Which table is walked through, by which ids of ours. */
  readonly table: string;
  readonly key: string;
  /** Values of the question marks in `sql`. */
  readonly values?: (nowMs: number) => readonly SqlValue[];
  /** One page's violations in the column `line`; `inPage(column)` is the condition that keeps it to the page. */
  readonly sql: (inPage: (column: string) => string) => string;
}

/** A check that walks a table of any size in pages of its key. */
export function pagedCheck({ name, promise, table, key, values, sql }: PagedCheck): Check {
  return {
    name,
    promise,
    run: async (source, nowMs) => {
      const violations: string[] = [];
      for (let low = ''; violations.length < VIOLATIONS_SHOWN_MAX; ) {
        const high = await lastOfPage(source, table, key, low);
        if (high === undefined) break;
        const inPage = (column: string): string => `${column} > '${low}' AND ${column} <= '${high}'`;
        const statement = `${sql(inPage)} LIMIT ${VIOLATIONS_SHOWN_MAX}`;
        const rows = await source.rows(statement, values?.(nowMs) ?? []);
        violations.push(...rows.map((row) => String(row['line'])));
        low = high;
      }
      return violations.slice(0, VIOLATIONS_SHOWN_MAX);
    },
  };
}

/** The ids are made by the application and have no character that SQL could mistake. */
async function lastOfPage(
  source: CheckSource,
  table: string,
  key: string,
  low: string,
): Promise<string | undefined> {
  const rows = await source.rows(
    `SELECT MAX(id) AS high FROM (SELECT DISTINCT ${key} AS id FROM ${table}
       WHERE ${key} > ? ORDER BY ${key} LIMIT ${PAGE}) page`,
    [low],
  );
  const high = rows[0]?.['high'];
  return high === null || high === undefined ? undefined : String(high);
}
