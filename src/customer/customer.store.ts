/** The SQL of customers: what is known of each, and whose birthday began. */
import type { Row, Sql } from '../storage/database.js';
import { fromSqlMoment, toNullableMoment, toSqlMoment } from '../storage/moments.js';
import type { Celebrant, Profile } from './customer.types.js';

/** What was told of a later moment stays. */
const LATER = 'customer.occurred_at > VALUES(occurred_at)';
const UNLESS_LATER = (column: string) =>
  `${column} = IF(${LATER}, customer.${column}, VALUES(${column}))`;

export const CUSTOMER_SQL = {
  /** The day due stays with the same birthday: it may be one to make up for. Each line reads what those above left alone. */
  save: `INSERT INTO customer (user_id, birthday, level, time_zone, birthday_due_at, occurred_at)
    VALUES (?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE
      birthday_due_at = IF(${LATER} OR (customer.birthday <=> VALUES(birthday)
        AND customer.time_zone <=> VALUES(time_zone)), customer.birthday_due_at, VALUES(birthday_due_at)),
      ${UNLESS_LATER('birthday')}, ${UNLESS_LATER('level')}, ${UNLESS_LATER('time_zone')},
      occurred_at = GREATEST(customer.occurred_at, VALUES(occurred_at))`,
  due: `SELECT user_id, birthday, time_zone, birthday_due_at
    FROM customer FORCE INDEX (ix_customer_birthday)
    WHERE birthday_due_at <= ? AND (birthday_due_at > ? OR (birthday_due_at = ? AND user_id > ?))
    ORDER BY birthday_due_at, user_id LIMIT ?`,
  /** Who says another birthday meanwhile has another day due. */
  moveOn: `UPDATE customer SET birthday_due_at = ? WHERE user_id = ? AND birthday_due_at = ?`,
};

export async function saveProfile(
  sql: Sql,
  userId: string,
  { birthday, level, timeZone }: Profile,
  moments: { readonly occurredAtMs: number; readonly birthdayDueAtMs: number | null },
): Promise<void> {
  const dueAt = toNullableMoment(moments.birthdayDueAtMs);
  const values = [userId, birthday, level, timeZone, dueAt, toSqlMoment(moments.occurredAtMs)];
  await sql.change(CUSTOMER_SQL.save, values);
}

/** Whose birthday has begun, the oldest first. @param after the last one already read; undefined: from the first */
export async function readCelebrants(
  source: Pick<Sql, 'rows'>,
  nowMs: number,
  after: Celebrant | undefined,
  limit: number,
): Promise<Celebrant[]> {
  const from = toSqlMoment(after?.dueAtMs ?? 0);
  const values = [toSqlMoment(nowMs), from, from, after?.userId ?? '', limit];
  return (await source.rows(CUSTOMER_SQL.due, values)).map(toCelebrant);
}

/** @returns false: another day is due by now */
export async function moveOn(
  sql: Sql,
  { userId, dueAtMs }: Celebrant,
  nextMs: number,
): Promise<boolean> {
  const values = [toSqlMoment(nextMs), userId, toSqlMoment(dueAtMs)];
  return (await sql.change(CUSTOMER_SQL.moveOn, values)) === 1;
}

function toCelebrant(row: Row): Celebrant {
  return {
    userId: String(row['user_id']),
    birthday: String(row['birthday']),
    timeZone: row['time_zone'] === null ? null : String(row['time_zone']),
    dueAtMs: fromSqlMoment(String(row['birthday_due_at'])),
  };
}
