/**
 * Seals anew, with the current key, what a former one sealed; and what stands unsealed from before there
 * were keys. The service may run meanwhile.
 *
 * Promise: a text is replaced only by itself, and only if nobody changed it since it was read. It may be
 * stopped at any moment and begun again: what is of the current key is left alone.
 */
import { ROTATE_PAGE } from '../config/limits.js';
import type { Database, Row } from '../storage/database.js';
import { CannotOpen, isSealed, type Sealer } from '../storage/seal.js';
import { SEALED_COLUMNS, type Place, type SealedColumn } from '../storage/sealed-columns.js';

export const ROTATE_SQL = {
  page: ({ table, column, key }: SealedColumn) =>
    `SELECT ${key} AS row_id, ${column} AS sealed FROM ${table} WHERE ${key} > ?
     ORDER BY ${key} LIMIT ${ROTATE_PAGE}`,
  replace: ({ table, column, key }: SealedColumn) =>
    `UPDATE ${table} SET ${column} = ? WHERE ${key} = ? AND ${column} = ?`,
};

export interface Rotated {
  /** `table.column`. */
  readonly where: string;
  /** Texts that are of the current key now and were not before. */
  readonly sealed: number;
  /** Texts that do not open, each with its reason: their key is not configured, or they were changed. */
  readonly closed: readonly string[];
}

export interface RotateParts {
  readonly database: Pick<Database, 'rows' | 'transaction'>;
  readonly sealer: Sealer;
  /** Told after every page. */
  readonly onPage?: () => void;
}

/** @throws DatabaseUnavailable: begin again */
export async function rotateKeys(parts: RotateParts): Promise<Rotated[]> {
  const all: Rotated[] = [];
  for (const place of SEALED_COLUMNS) all.push(await rotateColumn(parts, place));
  return all;
}

async function rotateColumn(parts: RotateParts, column: SealedColumn): Promise<Rotated> {
  const { database, sealer, onPage = () => undefined } = parts;
  const closed: string[] = [];
  let sealed = 0;
  for (let after = ''; ;) {
    const rows = await database.rows(ROTATE_SQL.page(column), [after]);
    const changes = rows.flatMap((row) => changeOf(row, column, sealer, closed));
    sealed += await replaceAll(database, column, changes);
    onPage();
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROTATE_PAGE) break;
    after = String(last['row_id']);
  }
  return { where: `${column.table}.${column.column}`, sealed, closed };
}

/** What is to stand in a row instead of what was read: nothing if it is as it should be, or does not open. */
function changeOf(
  row: Row,
  { table, column }: SealedColumn,
  sealer: Sealer,
  closed: string[],
): [becomes: string, rowId: string, was: string][] {
  const rowId = String(row['row_id']);
  // A pair of the list: the two unions do not say that they come together.
  const place = { table, column, rowId } as Place;
  const was = row['sealed'];
  if (typeof was !== 'string' || was === '' || was.startsWith(sealer.currentPrefix)) return [];
  try {
    const text = isSealed(was) ? sealer.open(was, place) : was;
    return [[sealer.seal(text, place), rowId, was]];
  } catch (error) {
    if (!(error instanceof CannotOpen)) throw error;
    closed.push(error.message);
    return [];
  }
}

async function replaceAll(
  database: Pick<Database, 'transaction'>,
  column: SealedColumn,
  changes: readonly (readonly [string, string, string])[],
): Promise<number> {
  if (changes.length === 0) return 0;
  return database.transaction(async (sql) => {
    let replaced = 0;
    for (const change of changes) replaced += await sql.change(ROTATE_SQL.replace(column), change);
    return replaced;
  });
}
