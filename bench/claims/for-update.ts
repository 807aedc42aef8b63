/**
 * A claim as textbooks write it: lock the template's row, count, insert, commit, for each claim alone. It
 * writes what ours writes (coupon, event) and keeps the same limits, over a pool of the textbooks' kind,
 * with more connections than ours and without deadlines: a claim waits as long as it must.
 */
import {
  createPool,
  type PoolConnection,
  type ResultSetHeader,
  type RowDataPacket,
} from 'mysql2/promise';
import type { App } from '../../src/app.js';
import { CLAIM_SQL, couponRow, recordClaims } from '../../src/claim/claim.store.js';
import { couponOf, type ClaimDraft } from '../../src/claim/claim.types.js';
import type { Claimed } from '../../src/claim/claim-directly.js';
import type { ClaimCoupon } from '../../src/claim/claim-coupon.js';
import { readCouponByClaim } from '../../src/coupon/coupon.store.js';
import { rejection } from '../../src/kernel/rejection.js';
import { ok, rejected, type Result } from '../../src/kernel/result.js';
import type { Sql } from '../../src/storage/database.js';
import { draftOf } from './draft-of.js';

const LOCK = 'SELECT issued, total_count FROM template WHERE id = ? FOR UPDATE';
const COUNT = 'SELECT COUNT(*) AS mine FROM coupon WHERE template_id = ? AND user_id = ?';

const CONNECTIONS = 32;

export function claimsForUpdate(mysqlUrl: string, app: App): ClaimCoupon['run'] {
  const pool = createPool({ uri: mysqlUrl, connectionLimit: CONNECTIONS, timezone: 'Z' });
  return async (caller, request) => {
    const { template, draft } = await draftOf(app, caller, request);
    const connection = await pool.getConnection();
    try {
      await connection.beginTransaction();
      const result = await claimOne(sqlOf(connection), draft, template.rules.perUserLimit);
      await connection.commit();
      return result;
    } catch (error) {
      await connection.rollback();
      throw error;
    } finally {
      connection.release();
    }
  };
}

async function claimOne(sql: Sql, draft: ClaimDraft, limit: number): Promise<Result<Claimed>> {
  const [row] = await sql.rows(LOCK, [draft.templateId]);
  const earlier = await readCouponByClaim(sql, draft.userId, draft.claimKey);
  if (earlier !== undefined) return ok({ coupon: earlier, replayed: true });
  if (Number(row!['issued']) >= Number(row!['total_count'])) return rejected(rejection('SOLD_OUT'));
  const [count] = await sql.rows(COUNT, [draft.templateId, draft.userId]);
  const slot = Number(count!['mine']) + 1;
  if (slot > limit) return rejected(rejection('USER_LIMIT_REACHED'));
  const coupon = couponOf({
    draft,
    slot,
    tag: '',
    journalId: '',
    epoch: 0,
    seq: 0,
    drawNo: null,
    faceValueMinor: null,
    mayExist: false,
  });
  await sql.change(CLAIM_SQL.issueOne, [draft.templateId]);
  await sql.change(CLAIM_SQL.insertCoupon, couponRow(coupon));
  await recordClaims(sql, [coupon]);
  return ok({ coupon, replayed: false });
}

function sqlOf(connection: PoolConnection): Sql {
  return {
    rows: async (text, values = []) =>
      (await connection.query<RowDataPacket[]>(text, [...values]))[0],
    change: async (text, values = []) =>
      (await connection.query<ResultSetHeader>(text, [...values]))[0].affectedRows,
  };
}
