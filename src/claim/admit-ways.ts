/**
 * The second half of a commit, for coupons that did not come by the open way: each is written down with its
 * origin, and the origin's guard counts it, in the transaction that inserts the coupons.
 *
 * Promise: whom a guard refuses fails alone. The others of the batch are counted exactly once, however often
 * the batch is tried: a coupon that has its origin written down was counted before.
 */
import type { FailureCode } from '../kernel/rejection.js';
import type { Sql } from '../storage/database.js';
import type { ClaimDraft, Via } from './claim.types.js';
import { WAY_GUARDS } from './ways.js';
import { marks } from '../storage/marks.js';

export const ORIGIN_SQL = {
  /** The unique keys let a code be claimed once, and a user take once of a share; who comes second stays out. */
  insert: (count: number) =>
    `INSERT INTO coupon_origin (coupon_id, way, origin_id, serial, taker_id)
     VALUES ${marks(count, '(?, ?, ?, ?, ?)')}
     ON DUPLICATE KEY UPDATE coupon_id = coupon_origin.coupon_id`,
  present: (count: number) =>
    `SELECT coupon_id FROM coupon_origin WHERE coupon_id IN (${marks(count, '?')})`,
  takeBack: (count: number) =>
    `DELETE FROM coupon_origin WHERE coupon_id IN (${marks(count, '?')})`,
};

/** Why a coupon is not issued, by its id. */
export type Refused = ReadonlyMap<string, FailureCode>;

type ByWay = ClaimDraft & { readonly via: Exclude<Via, { kind: 'OPEN' }> };

/**
 * @param drafts whose coupons are in MySQL since this transaction or an earlier one: until it ends, nobody
 *   else can write down their origins
 * @param mayBeCounted some may be there since an earlier one
 */
export async function admitWays(
  sql: Sql,
  drafts: readonly ClaimDraft[],
  mayBeCounted: boolean,
): Promise<Refused> {
  const refused = new Map<string, FailureCode>();
  const byWay = drafts.filter((draft): draft is ByWay => draft.via.kind !== 'OPEN');
  const groups = Map.groupBy(byWay, ({ via }) => via.originId);
  // In the order of ids, serials and users, so that two batches never wait for each other in a ring.
  for (const [originId, group] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const counted = mayBeCounted ? await idsWithOrigin(sql, group) : new Set<string>();
    const fresh = group.filter(({ couponId }) => !counted.has(couponId)).sort(bySerial);
    for (const [couponId, code] of await admit(sql, originId, fresh)) refused.set(couponId, code);
  }
  return refused;
}

/** @returns those that are refused; nothing of them is left in the transaction */
async function admit(sql: Sql, originId: string, fresh: readonly ByWay[]): Promise<Refused> {
  const [first] = fresh;
  if (first === undefined) return new Map();
  const guard = WAY_GUARDS[first.via.kind];
  const values = fresh.flatMap(({ couponId, via, userId }) => [
    couponId,
    via.kind,
    originId,
    via.kind === 'CODE' ? via.serial : null,
    guard?.isOncePerUser ? userId : null,
  ]);
  const inserted = await sql.change(ORIGIN_SQL.insert(fresh.length), values);
  const written =
    inserted === fresh.length
      ? new Set(fresh.map(({ couponId }) => couponId))
      : await idsWithOrigin(sql, fresh);
  const second = fresh.filter(({ couponId }) => !written.has(couponId));
  const surplus = await count(
    sql,
    originId,
    fresh.filter(({ couponId }) => written.has(couponId)),
  );
  if (surplus.length > 0)
    await sql.change(
      ORIGIN_SQL.takeBack(surplus.length),
      surplus.map(({ couponId }) => couponId),
    );
  return new Map([
    ...second.map(({ couponId }) => [couponId, guard?.refusalOfSecond ?? 'CODE_INVALID'] as const),
    ...surplus.map(({ couponId }) => [couponId, guard?.refusal ?? 'CODE_INVALID'] as const),
  ]);
}

/** @returns those that are too many */
async function count(sql: Sql, originId: string, members: readonly ByWay[]): Promise<ByWay[]> {
  const [first] = members;
  const guard = first && WAY_GUARDS[first.via.kind];
  if (guard === undefined) return [];
  const countOf = (n: number) => sql.change(guard.count, [n, originId, n]);
  if ((await countOf(members.length)) === 1) return [];
  const [row] = await sql.rows(guard.room, [originId]);
  const room = Math.min(members.length, Math.max(0, Number(row?.['room'] ?? 0)));
  if (room > 0 && (await countOf(room)) !== 1)
    throw new Error(`${first!.via.kind} ${originId} counts less than it has room for`);
  return members.slice(room);
}

async function idsWithOrigin(sql: Sql, drafts: readonly ClaimDraft[]): Promise<Set<string>> {
  if (drafts.length === 0) return new Set();
  const ids = drafts.map(({ couponId }) => couponId);
  const rows = await sql.rows(ORIGIN_SQL.present(ids.length), ids);
  return new Set(rows.map((row) => String(row['coupon_id'])));
}

function bySerial(a: ByWay, b: ByWay): number {
  const [first, second] = [a, b].map(({ via }) => (via.kind === 'CODE' ? (via.serial ?? 0) : 0));
  if (first !== second) return first! - second!;
  if (a.userId !== b.userId) return a.userId < b.userId ? -1 : 1;
  return a.couponId < b.couponId ? -1 : 1;
}
