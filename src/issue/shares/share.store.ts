/** The SQL of shares. Places are counted where coupons are committed: src/claim/ways.ts. */
import type { FailureCode } from '../../kernel/rejection.js';
import type { PageRequest } from '../../graph/paging.js';
import type { Database, Row, Sql } from '../../storage/database.js';
import { fromSqlMoment, toSqlMoment } from '../../storage/moments.js';
import type { Share, ShareReward } from './share.types.js';

const COLUMNS = `id, template_id, user_id, token, accept_limit, places_left, reward_template_id,
  reward_status, reward_coupon_id, reward_refusal, reward_settled_at, created_at`;

export const SHARE_SQL = {
  /** One a user and template: who comes second leaves the first as it is. */
  insert: `INSERT INTO share (id, template_id, user_id, token, accept_limit, places_left,
      reward_template_id, reward_status, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE id = share.id`,
  ofUser: `SELECT ${COLUMNS} FROM share WHERE template_id = ? AND user_id = ?`,
  byToken: `SELECT ${COLUMNS} FROM share WHERE token = ?`,
  page: (limit: number) => `SELECT ${COLUMNS} FROM share WHERE template_id = ? AND id < ?
    ORDER BY id DESC LIMIT ${limit}`,
  count: 'SELECT COUNT(*) AS n FROM share WHERE template_id = ?',
  /** Full, and the sharer has not been rewarded. */
  owed: (limit: number) => `SELECT ${COLUMNS} FROM share
    WHERE reward_status = 'PENDING' AND places_left = 0 AND id > ? ORDER BY id LIMIT ${limit}`,
  settle: `UPDATE share SET reward_status = ?, reward_coupon_id = ?, reward_refusal = ?,
      reward_settled_at = ?
    WHERE id = ? AND reward_status = 'PENDING'`,
};

type Source = Pick<Database, 'rows'>;

/** After every id. */
const LAST_ID = '~';

export async function insertShare(sql: Sql, share: Share): Promise<void> {
  await sql.change(SHARE_SQL.insert, [
    share.id,
    share.templateId,
    share.userId,
    share.token,
    share.acceptLimit,
    share.placesLeft,
    share.reward?.templateId ?? null,
    share.reward?.status ?? null,
    toSqlMoment(share.createdAtMs),
  ]);
}

export async function readShareOf(
  source: Source,
  templateId: string,
  userId: string,
): Promise<Share | undefined> {
  return (await source.rows(SHARE_SQL.ofUser, [templateId, userId])).map(toShare)[0];
}

export async function readShareByToken(source: Source, token: string): Promise<Share | undefined> {
  return (await source.rows(SHARE_SQL.byToken, [token])).map(toShare)[0];
}

/** One page, newest first, and one row more. */
export async function listShares(
  source: Source,
  templateId: string,
  { afterId, first }: PageRequest,
): Promise<Share[]> {
  const values = [templateId, afterId ?? LAST_ID];
  return (await source.rows(SHARE_SQL.page(first + 1), values)).map(toShare);
}

export async function countShares(source: Source, templateId: string): Promise<number> {
  const [row] = await source.rows(SHARE_SQL.count, [templateId]);
  return Number(row?.['n']);
}

/** Shares whose sharer is owed a reward, in the order of their ids. */
export async function readOwed(source: Source, afterId: string, limit: number): Promise<Share[]> {
  return (await source.rows(SHARE_SQL.owed(limit), [afterId])).map(toShare);
}

/** Writes down what became of an owed reward; what was settled before stays as it is. */
export async function settleReward(
  sql: Sql,
  shareId: string,
  { status, couponId, refusal, settledAtMs }: Omit<ShareReward, 'templateId'>,
): Promise<void> {
  const at = settledAtMs === null ? null : toSqlMoment(settledAtMs);
  await sql.change(SHARE_SQL.settle, [status, couponId, refusal, at, shareId]);
}

function toShare(row: Row): Share {
  const settledAt = row['reward_settled_at'] ?? null;
  return {
    id: String(row['id']),
    templateId: String(row['template_id']),
    userId: String(row['user_id']),
    token: String(row['token']),
    acceptLimit: Number(row['accept_limit']),
    placesLeft: Number(row['places_left']),
    reward:
      row['reward_template_id'] === null
        ? null
        : {
            templateId: String(row['reward_template_id']),
            status: row['reward_status'] as ShareReward['status'],
            couponId: row['reward_coupon_id'] as string | null,
            refusal: row['reward_refusal'] as FailureCode | null,
            settledAtMs: settledAt === null ? null : fromSqlMoment(String(settledAt)),
          },
    createdAtMs: fromSqlMoment(String(row['created_at'])),
  };
}
