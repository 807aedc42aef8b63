/**
 * Forgets what was told of a user who is erased: profile and events go, also their hashes, with which whoever
 * told an event could find out whose coupons they are now. Told again afterwards it is of somebody new.
 */
import { ERASE_CHUNK } from '../config/limits.js';
import type { Database } from '../storage/database.js';
import { marks } from '../storage/marks.js';

export const FORGET_SQL = {
  profile: 'DELETE FROM customer WHERE user_id = ?',
  events: `SELECT id FROM customer_event WHERE user_id = ? ORDER BY id LIMIT ${ERASE_CHUNK}`,
  grants: (count: number) => `DELETE FROM customer_event_grant WHERE event_id IN (${marks(count)})`,
  remove: (count: number) => `DELETE FROM customer_event WHERE id IN (${marks(count)})`,
};

/** @returns how many rows named the user */
export async function forgetCustomer(
  database: Pick<Database, 'rows' | 'transaction'>,
  { userId }: { readonly userId: string },
): Promise<number> {
  let forgotten = await database.transaction((sql) => sql.change(FORGET_SQL.profile, [userId]));
  for (;;) {
    const rows = await database.rows(FORGET_SQL.events, [userId]);
    const ids = rows.map((row) => String(row['id']));
    if (ids.length === 0) return forgotten;
    forgotten += await database.transaction(async (sql) => {
      await sql.change(FORGET_SQL.grants(ids.length), ids);
      return sql.change(FORGET_SQL.remove(ids.length), ids);
    });
  }
}
