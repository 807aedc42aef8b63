/** The SQL of dead letters: events that an endpoint did not take in all their tries. */
import type { PageRequest } from '../graph/paging.js';
import type { Sql, SqlValue } from '../storage/database.js';
import { toSqlMoment } from '../storage/moments.js';
import { DELIVERY_COLUMNS, readFirst, toDelivery } from './delivery.store.js';
import type { WaitingDelivery } from './webhook.types.js';

type Source = Pick<Sql, 'rows'>;

const OF_ALL = "status = 'DEAD'";
const OF_ONE = "endpoint_id = ? AND status = 'DEAD'";

export const DEAD_LETTER_SQL = {
  page: `SELECT ${DELIVERY_COLUMNS} FROM webhook_delivery
    WHERE ${OF_ALL} AND id < ? ORDER BY id DESC LIMIT ?`,
  pageOfOne: `SELECT ${DELIVERY_COLUMNS} FROM webhook_delivery
    WHERE ${OF_ONE} AND id < ? ORDER BY id DESC LIMIT ?`,
  count: `SELECT COUNT(*) AS n FROM webhook_delivery WHERE ${OF_ALL}`,
  countOfOne: `SELECT COUNT(*) AS n FROM webhook_delivery WHERE ${OF_ONE}`,
  byId: `SELECT ${DELIVERY_COLUMNS} FROM webhook_delivery WHERE id = ?`,
  revive: `UPDATE webhook_delivery SET status = 'WAITING', tries = 0, next_at = ?, updated_at = ?
    WHERE id = ? AND status = 'DEAD'`,
  callUp: 'UPDATE webhook_delivery SET next_at = ? WHERE id = ?',
  standBack: `UPDATE webhook_delivery SET next_at = NULL
    WHERE endpoint_id = ? AND subject_id = ? AND status = 'WAITING' AND id <> ?`,
  purge: `DELETE FROM webhook_delivery WHERE ${OF_ALL} AND id < ? ORDER BY id LIMIT ?`,
  removeOf: 'DELETE FROM webhook_delivery WHERE endpoint_id = ? LIMIT ?',
};

/** Newest first; one more than asked for, to see whether more follow. */
export async function readDeadLetters(
  source: Source,
  endpointId: string | null,
  { first, afterId }: PageRequest,
): Promise<WaitingDelivery[]> {
  const [sql, of]: [string, SqlValue[]] =
    endpointId === null ? [DEAD_LETTER_SQL.page, []] : [DEAD_LETTER_SQL.pageOfOne, [endpointId]];
  return (await source.rows(sql, [...of, afterId ?? '~', first + 1])).map(toDelivery);
}

export async function countDeadLetters(source: Source, endpointId: string | null): Promise<number> {
  const [row] =
    endpointId === null
      ? await source.rows(DEAD_LETTER_SQL.count)
      : await source.rows(DEAD_LETTER_SQL.countOfOne, [endpointId]);
  return Number(row?.['n']);
}

/** Dead or not. */
export async function readDelivery(
  source: Source,
  id: string,
): Promise<WaitingDelivery | undefined> {
  return (await source.rows(DEAD_LETTER_SQL.byId, [id])).map(toDelivery)[0];
}

/**
 * It waits again, with all its tries, before what is later of its subject and behind what is earlier.
 * @returns false: it was not dead
 */
export async function revive(sql: Sql, letter: WaitingDelivery, nowMs: number): Promise<boolean> {
  const { id, endpointId, subjectId } = letter;
  const now = toSqlMoment(nowMs);
  if ((await sql.change(DEAD_LETTER_SQL.revive, [null, now, id])) !== 1) return false;
  const first = await readFirst(sql, endpointId, subjectId);
  if (first?.id !== id) return true;
  await sql.change(DEAD_LETTER_SQL.standBack, [endpointId, subjectId, id]);
  await sql.change(DEAD_LETTER_SQL.callUp, [now, id]);
  return true;
}
