/** The SQL of the users of a list: how they come in, how they are asked for, and what became of them. */
import { GRANT_DELETE_PAGE } from '../config/limits.js';
import type { FailureCode } from '../kernel/rejection.js';
import type { Database, Row, Sql } from '../storage/database.js';
import { toSqlMoment } from '../storage/moments.js';
import type { GrantRefusal, Member } from './grant.types.js';
import { marks } from '../storage/marks.js';

export const MEMBER_SQL = {
  beginUpload: 'INSERT INTO grant_upload (id, started_at) VALUES (?, ?)',
  lockUpload: 'SELECT id FROM grant_upload WHERE id = ? FOR UPDATE',
  endUpload: 'DELETE FROM grant_upload WHERE id = ?',
  staleUploads: 'SELECT id FROM grant_upload WHERE started_at < ? ORDER BY started_at LIMIT ?',
  /** A user who is in the list already stays where he stood first. */
  insert: (count: number) =>
    `INSERT INTO grant_member (grant_id, position, user_id, state)
     VALUES ${marks(count, "(?, ?, ?, 'PENDING')")} ON DUPLICATE KEY UPDATE position = grant_member.position`,
  count: 'SELECT COUNT(*) AS n FROM grant_member WHERE grant_id = ?',
  remove: `DELETE FROM grant_member WHERE grant_id = ? ORDER BY position LIMIT ${GRANT_DELETE_PAGE}`,
  pending: `SELECT position, user_id FROM grant_member
    WHERE grant_id = ? AND state = 'PENDING' AND position > ? ORDER BY position LIMIT ?`,
  /** Told to use the primary key: the optimizer may rather lock its way through the states. */
  granted: (count: number) =>
    `UPDATE grant_member FORCE INDEX (PRIMARY) SET state = 'GRANTED'
     WHERE grant_id = ? AND position IN (${marks(count)}) AND state = 'PENDING'`,
  refused: (count: number) =>
    `UPDATE grant_member FORCE INDEX (PRIMARY) SET state = 'REFUSED', refusal = ?
     WHERE grant_id = ? AND position IN (${marks(count)}) AND state = 'PENDING'`,
  /** Users who have the coupon of this grant, though the list does not say so yet. */
  served: `SELECT m.position, m.user_id FROM grant_member m
    JOIN coupon c ON c.template_id = ? AND c.user_id = m.user_id
    JOIN coupon_origin o ON o.coupon_id = c.id AND o.origin_id = m.grant_id
    WHERE m.grant_id = ? AND m.state = 'PENDING' AND m.position BETWEEN ? AND ?`,
  positionOf: 'SELECT position FROM grant_member WHERE user_id = ? AND grant_id = ?',
  refusals: `SELECT user_id, refusal FROM grant_member
    WHERE grant_id = ? AND state = 'REFUSED' AND position > ? ORDER BY position LIMIT ?`,
};

type Source = Pick<Sql, 'rows'>;

export async function beginUpload(sql: Sql, id: string, nowMs: number): Promise<void> {
  await sql.change(MEMBER_SQL.beginUpload, [id, toSqlMoment(nowMs)]);
}

/** @returns false: it was thrown away meanwhile */
export async function endUpload(sql: Sql, id: string): Promise<boolean> {
  return (await sql.change(MEMBER_SQL.endUpload, [id])) === 1;
}

export async function readStaleUploads(source: Source, beforeMs: number, limit: number) {
  const rows = await source.rows(MEMBER_SQL.staleUploads, [toSqlMoment(beforeMs), limit]);
  return rows.map((row) => String(row['id']));
}

export async function insertMembers(
  sql: Sql,
  grantId: string,
  members: readonly Member[],
): Promise<void> {
  const values = members.flatMap(({ position, userId }) => [grantId, position, userId]);
  await sql.change(MEMBER_SQL.insert(members.length), values);
}

export async function countMembers(source: Source, grantId: string): Promise<number> {
  const [row] = await source.rows(MEMBER_SQL.count, [grantId]);
  return Number(row!['n']);
}

/**
 * Throws the list of an upload away, page by page, and then the upload. One that has become a grant, or may
 * be becoming one this moment, has no upload's row any more once its lock is had, and keeps its list.
 */
export async function removeUpload(
  database: Pick<Database, 'transaction'>,
  id: string,
): Promise<void> {
  let isMore = true;
  while (isMore)
    isMore = await database.transaction(async (sql) => {
      if ((await sql.rows(MEMBER_SQL.lockUpload, [id])).length === 0) return false;
      if ((await sql.change(MEMBER_SQL.remove, [id])) === GRANT_DELETE_PAGE) return true;
      await endUpload(sql, id);
      return false;
    });
}

/** Who is still to be asked for, in the order of the list. */
export async function readPending(
  source: Source,
  grantId: string,
  after: number,
  limit: number,
): Promise<Member[]> {
  return (await source.rows(MEMBER_SQL.pending, [grantId, after, limit])).map(toMember);
}

export async function readServed(
  source: Source,
  { id, templateId }: { readonly id: string; readonly templateId: string },
  [first, last]: readonly [number, number],
): Promise<Member[]> {
  return (await source.rows(MEMBER_SQL.served, [templateId, id, first, last])).map(toMember);
}

/** @returns how many were not marked before */
export async function markGranted(
  sql: Sql,
  grantId: string,
  members: readonly Member[],
): Promise<number> {
  if (members.length === 0) return 0;
  const positions = members.map(({ position }) => position);
  return sql.change(MEMBER_SQL.granted(positions.length), [grantId, ...positions]);
}

/** @returns how many were not marked before */
export async function markRefused(
  sql: Sql,
  grantId: string,
  code: FailureCode,
  members: readonly Member[],
): Promise<number> {
  const positions = members.map(({ position }) => position);
  return sql.change(MEMBER_SQL.refused(positions.length), [code, grantId, ...positions]);
}

/** @param afterUserId the last one already read; null: from the start */
export async function readRefusals(
  source: Source,
  grantId: string,
  afterUserId: string | null,
  limit: number,
): Promise<GrantRefusal[]> {
  const place =
    afterUserId === null ? [] : await source.rows(MEMBER_SQL.positionOf, [afterUserId, grantId]);
  const after = Number(place[0]?.['position'] ?? 0);
  const rows = await source.rows(MEMBER_SQL.refusals, [grantId, after, limit]);
  return rows.map((row) => ({
    userId: String(row['user_id']),
    code: row['refusal'] as FailureCode,
  }));
}

function toMember(row: Row): Member {
  return { position: Number(row['position']), userId: String(row['user_id']) };
}
