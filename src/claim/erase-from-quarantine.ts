/** A user goes out of the quarantine: what stood in an entry that names them is gone, the reason stays. */
import { JOURNAL_PAGE } from '../config/limits.js';
import type { Database } from '../storage/database.js';
import type { Sealer } from '../storage/seal.js';
import { openEntry } from './quarantine.store.js';

const PAGE = `SELECT id, user_id, entry FROM quarantined_claim WHERE id > ? ORDER BY id LIMIT ${JOURNAL_PAGE}`;
const ERASE = `UPDATE quarantined_claim SET user_id = ?, entry = '' WHERE id = ?`;

/**
 * The quarantine is short, and an entry that could not be read has no user of its own: all are looked into.
 * @returns how many entries named the user
 */
export async function eraseFromQuarantine(
  database: Pick<Database, 'rows' | 'transaction'>,
  sealer: Sealer,
  { userId, pseudonym }: { readonly userId: string; readonly pseudonym: string },
): Promise<number> {
  let erased = 0;
  for (let after = ''; ;) {
    const rows = await database.rows(PAGE, [after]);
    for (const row of rows) {
      const isOwn = row['user_id'] === userId;
      if (!isOwn && openEntry(row, sealer)?.includes(userId) !== true) continue;
      const name = isOwn ? pseudonym : row['user_id']!;
      erased += await database.transaction((sql) => sql.change(ERASE, [name, row['id']!]));
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < JOURNAL_PAGE) return erased;
    after = String(last['id']);
  }
}
