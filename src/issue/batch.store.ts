/**
 * The SQL of batches. No code is stored: a batch is one row however many codes it has, and a code has a row
 * only once it is claimed.
 */
import { asTyped } from '../kernel/crockford.js';
import type { Row, Sql } from '../storage/database.js';
import { fromSqlMoment, toSqlMoment } from '../storage/moments.js';
import type { Batch, BatchStatus } from './batch.types.js';

type Source = Pick<Sql, 'rows'>;

const COLUMNS = `id, template_id, batch_no, prefix, vanity_code, key_id, total, issued, status, version,
  author_id, request_key, fingerprint, created_at, updated_at`;

export const BATCH_SQL = {
  insert: `INSERT INTO batch (${COLUMNS}, vanity_key) VALUES (${Array(16).fill('?').join(', ')})`,
  /** Batches together have at most as many codes as their template has coupons. */
  countCodes: `UPDATE template SET code_count = code_count + ?
    WHERE id = ? AND status = 'ACTIVE' AND (total_count IS NULL OR code_count + ? <= total_count)`,
  byId: `SELECT ${COLUMNS} FROM batch WHERE id = ?`,
  byNo: `SELECT ${COLUMNS} FROM batch WHERE batch_no = ?`,
  byVanity: `SELECT ${COLUMNS} FROM batch WHERE vanity_key = ?`,
  byRequest: `SELECT ${COLUMNS} FROM batch WHERE author_id = ? AND request_key = ?`,
  stop: `UPDATE batch SET status = 'STOPPED', version = version + 1, updated_at = ?
    WHERE id = ? AND status <> 'STOPPED'`,
  used: 'SELECT COALESCE(SUM(used), 0) AS used FROM batch_use WHERE batch_id = ?',
  taker: 'SELECT coupon_id FROM coupon_origin WHERE origin_id = ? AND serial = ?',
  /** Archived ones too. */
  claims: `SELECT o.serial, COALESCE(c.user_id, old.user_id) AS user_id,
      COALESCE(c.claimed_at, old.claimed_at) AS claimed_at
    FROM coupon_origin o LEFT JOIN coupon c ON c.id = o.coupon_id
    LEFT JOIN coupon_archive old ON old.id = o.coupon_id
    WHERE o.origin_id = ? AND o.serial >= ? AND o.serial < ?`,
};

export async function insertBatch(sql: Sql, batch: Batch): Promise<void> {
  await sql.change(BATCH_SQL.insert, [
    batch.id,
    batch.templateId,
    batch.batchNo,
    batch.prefix,
    batch.vanityCode,
    batch.keyId,
    batch.total,
    batch.issued,
    batch.status,
    batch.version,
    batch.authorId,
    batch.requestKey,
    batch.fingerprint,
    toSqlMoment(batch.createdAtMs),
    toSqlMoment(batch.updatedAtMs),
    batch.vanityCode === null ? null : asTyped(batch.vanityCode),
  ]);
}

/** By its id, its number, its vanity key, or (author, request key). */
export async function readBatch(
  source: Source,
  by: 'byId' | 'byNo' | 'byVanity' | 'byRequest',
  ...values: string[]
): Promise<Batch | undefined> {
  return (await source.rows(BATCH_SQL[by], values)).map(toBatch)[0];
}

/** How many coupons of a batch are used now. */
export async function readUsed(source: Source, batchId: string): Promise<number> {
  const [row] = await source.rows(BATCH_SQL.used, [batchId]);
  return Number(row?.['used'] ?? 0);
}

/** Whether somebody has claimed this code. */
export async function isClaimed(source: Source, batchId: string, serial: number): Promise<boolean> {
  return (await source.rows(BATCH_SQL.taker, [batchId, serial])).length > 0;
}

export interface CodeClaim {
  readonly userId: string;
  readonly claimedAtMs: number;
}

/** Who claimed which numbers of a batch, from `from` to `until`, exclusive. */
export async function readCodeClaims(
  source: Source,
  batchId: string,
  from: number,
  until: number,
): Promise<Map<number, CodeClaim>> {
  const rows = await source.rows(BATCH_SQL.claims, [batchId, from, until]);
  return new Map(
    rows.map((row) => [
      Number(row['serial']),
      { userId: String(row['user_id']), claimedAtMs: fromSqlMoment(String(row['claimed_at'])) },
    ]),
  );
}

function toBatch(row: Row): Batch {
  return {
    id: String(row['id']),
    templateId: String(row['template_id']),
    batchNo: String(row['batch_no']),
    prefix: String(row['prefix']),
    vanityCode: row['vanity_code'] as string | null,
    keyId: String(row['key_id']),
    total: Number(row['total']),
    issued: Number(row['issued']),
    status: row['status'] as BatchStatus,
    version: Number(row['version']),
    authorId: String(row['author_id']),
    requestKey: String(row['request_key']),
    fingerprint: String(row['fingerprint']),
    createdAtMs: fromSqlMoment(String(row['created_at'])),
    updatedAtMs: fromSqlMoment(String(row['updated_at'])),
  };
}
