/**
 * Puts a name that means nobody in the place of a user id, wherever the list of personal columns
 * (storage/schema/personal-data.ts) says that one can stand.
 *
 * Promise: it may be stopped anywhere and begun again. Rows about a coupon are found by the coupons of the
 * user, so the wallet itself goes last, whole; and coupons of the pseudonym are looked at too, so that what
 * was written in between is found the next time. Each time has a name of its own: somebody who claimed
 * again since is somebody new, with limits of their own.
 */
import { randomBytes } from 'node:crypto';
import { ERASE_CHUNK } from '../config/limits.js';
import type { Database, SqlValue } from '../storage/database.js';
import { PERSONAL_COLUMNS, type PersonalColumn } from '../storage/schema/personal-data.js';
import { marks } from '../storage/marks.js';

export interface Replacement {
  readonly userId: string;
  /** The names begin with it. */
  readonly pseudonym: string;
}

const WALLETS = ['coupon', 'coupon_archive', 'redemption'] as const;
type Wallet = (typeof WALLETS)[number];

type Store = Pick<Database, 'rows' | 'transaction'>;
type SubjectColumn = PersonalColumn & { readonly how: 'SUBJECT' };

const SUBJECTS = PERSONAL_COLUMNS.filter((column) => column.how === 'SUBJECT') as SubjectColumn[];
const USERS = PERSONAL_COLUMNS.filter(({ how }) => how === 'USER');
/** Columns of documents; the others hold the id itself. */
const DOCUMENTS = new Set(['details', 'payload', 'snapshot', 'body']);
/** Words of a person about a person: the fact stays, the words go. */
const FREE_TEXT = String.raw`"reason":"([^"\\]|\\.)*"`;

export const REPLACE_SQL = {
  subjects: (table: Wallet) =>
    `SELECT id FROM ${table} WHERE user_id LIKE ? AND id > ? ORDER BY id LIMIT ${ERASE_CHUNK}`,
  id: ({ table, column, by }: SubjectColumn, count: number) =>
    `UPDATE ${table} SET ${column} = ? WHERE ${by} IN (${marks(count)}) AND ${column} = ?`,
  document: ({ table, column, by }: SubjectColumn, count: number) =>
    `UPDATE ${table} SET ${column} = REGEXP_REPLACE(REPLACE(${column}, ?, ?), ?, ?)
     WHERE ${by} IN (${marks(count)})`,
  user: ({ table, column }: PersonalColumn) =>
    `UPDATE ${table} SET ${column} = ? WHERE ${column} = ? LIMIT ${ERASE_CHUNK}`,
  redemptions: `UPDATE redemption SET snapshot = REPLACE(snapshot, ?, ?), user_id = ? WHERE user_id = ?`,
  coupons: 'UPDATE coupon SET user_id = ? WHERE user_id = ?',
  archived: 'UPDATE coupon_archive SET user_id = ? WHERE user_id = ?',
};

/** @returns how many rows named the user */
export async function replaceUser(database: Store, replacement: Replacement): Promise<number> {
  const { userId, pseudonym } = replacement;
  const named = { userId, pseudonym: `${pseudonym}.${randomBytes(4).toString('hex')}` };
  let replaced = 0;
  for (const names of [literally(userId), `${pseudonym}%`])
    for (const table of WALLETS) replaced += await replaceInSubjects(database, table, names, named);
  for (const column of USERS) replaced += await replaceInUsers(database, column, named);
  return replaced + (await replaceInWallet(database, named));
}

/** Rows about the coupons or redemptions that are under `names` (as LIKE has it), page by page. */
async function replaceInSubjects(
  database: Store,
  table: Wallet,
  names: string,
  replacement: Replacement,
): Promise<number> {
  let replaced = 0;
  for (let after = ''; ;) {
    const rows = await database.rows(REPLACE_SQL.subjects(table), [names, after]);
    const ids = rows.map((row) => String(row['id']));
    const last = ids.at(-1);
    if (last === undefined) return replaced;
    replaced += await database.transaction(async (sql) => {
      let changed = 0;
      for (const column of SUBJECTS)
        changed += await sql.change(...ofSubjects(column, ids, replacement));
      return changed;
    });
    after = last;
  }
}

function ofSubjects(
  column: SubjectColumn,
  ids: readonly string[],
  { userId, pseudonym }: Replacement,
): [sql: string, values: SqlValue[]] {
  if (!DOCUMENTS.has(column.column))
    return [REPLACE_SQL.id(column, ids.length), [pseudonym, ...ids, userId]];
  const values = [namedAs(userId), namedAs(pseudonym), FREE_TEXT, '"reason":"erased"', ...ids];
  return [REPLACE_SQL.document(column, ids.length), values];
}

async function replaceInUsers(
  database: Store,
  column: PersonalColumn,
  { userId, pseudonym }: Replacement,
): Promise<number> {
  for (let replaced = 0; ;) {
    const changed = await database.transaction((sql) =>
      sql.change(REPLACE_SQL.user(column), [pseudonym, userId]),
    );
    replaced += changed;
    if (changed < ERASE_CHUNK) return replaced;
  }
}

/** Coupons and redemptions belong to one user in every view of them, so they change in one transaction. */
async function replaceInWallet(
  database: Store,
  { userId, pseudonym }: Replacement,
): Promise<number> {
  return database.transaction(async (sql) => {
    const documents = [namedAs(userId), namedAs(pseudonym)];
    // A redemption's row is locked before the rows of its coupons, as everywhere.
    const redemptions = () =>
      sql.change(REPLACE_SQL.redemptions, [...documents, pseudonym, userId]);
    const before = await redemptions();
    let coupons = await sql.change(REPLACE_SQL.coupons, [pseudonym, userId]);
    // Archived in between or brought back: the next look finds what this one missed.
    coupons += await sql.change(REPLACE_SQL.archived, [pseudonym, userId]);
    // A hold that had the coupons locked has committed its redemption by now, and no other can begin.
    return before + coupons + (await redemptions());
  });
}

/** As JSON.stringify writes it; with its name, since a line or a product may have the same id. */
function namedAs(userId: string): string {
  return `"userId":${JSON.stringify(userId)}`;
}

function literally(text: string): string {
  return text.replace(/[\\%_]/g, String.raw`\$&`);
}
