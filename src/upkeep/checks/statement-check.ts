/** A check that is one statement whose rows are the violations, told by its column `line`. */
import { VIOLATIONS_SHOWN_MAX, type Check } from './check.js';

export function statementCheck(name: string, promise: string, sql: string): Check {
  return {
    name,
    promise,
    run: async (source) => {
      const rows = await source.rows(`${sql} LIMIT ${VIOLATIONS_SHOWN_MAX}`);
      return rows.map((row) => String(row['line']));
    },
  };
}
