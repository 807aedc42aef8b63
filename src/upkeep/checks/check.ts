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
  /** The same of rows with keys after `from` alone, so many pages at most; where the check walks by a key. */
  runFrom?(source: CheckSource, nowMs: number, from: string, pagesMax: number): Promise<string[]>;
}
