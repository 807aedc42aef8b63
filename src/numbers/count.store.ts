/**
 * The SQL of counting. Coupons are walked along (template, user, slot) in pages that end with a user, so
 * every statement is a bounded range of a unique key and no index is kept for the counting alone.
 */
import { COUNT_PAGE, JOB_PAGE } from '../config/limits.js';
import { readArchivedGroups } from '../coupon/archive.store.js';
import type { Database, Row, Sql } from '../storage/database.js';
import { marks } from '../storage/marks.js';
import { fromSqlMoment, toSqlMoment } from '../storage/moments.js';
import type { CouponCounts, TemplateStats } from './numbers.types.js';
import {
  CouponTally,
  issuedOf,
  type CountedGroup,
  type CountedState,
} from './rules/coupon-counts.js';

export const COUNT_SQL = {
  /** The last user of the page after a user; none: the page is the last. Answered from the index alone. */
  pageEnd: `SELECT user_id FROM coupon FORCE INDEX (uk_coupon_slot)
    WHERE template_id = ? AND user_id > ? ORDER BY user_id LIMIT 1 OFFSET ${COUNT_PAGE - 1}`,
  /** As everywhere, the clock decides: a hold that is over is free, and what is free and over is expired. */
  page: (
    isLast: boolean,
  ) => `SELECT CASE WHEN status = 'UNUSED' OR (status = 'HELD' AND held_until <= ?)
        THEN IF(expires_at <= ?, 'EXPIRED', IF(expires_at <= ?, 'EXPIRING', 'UNUSED'))
        ELSE status END AS state,
      channel, COUNT(*) AS n, COALESCE(SUM(IF(status = 'USED', discount_minor, 0)), 0) AS given
    FROM coupon FORCE INDEX (uk_coupon_slot)
    WHERE template_id = ? AND user_id > ?${isLast ? '' : ' AND user_id <= ?'} GROUP BY state, channel`,
  begun: 'SELECT template_id AS id FROM unfinished_count ORDER BY template_id LIMIT 1',
  unfinished: 'SELECT after_user, took_ms, tally FROM unfinished_count WHERE template_id = ?',
  keepUnfinished: `INSERT INTO unfinished_count (template_id, after_user, took_ms, tally) VALUES (?, ?, ?, ?)
    ON DUPLICATE KEY UPDATE after_user = VALUES(after_user), took_ms = VALUES(took_ms), tally = VALUES(tally)`,
  finish: 'DELETE FROM unfinished_count WHERE template_id = ?',
  /** Counted before, the longest due first. */
  due: `SELECT c.template_id AS id FROM template_count c
    WHERE c.due_at <= ? ORDER BY c.due_at LIMIT ${JOB_PAGE}`,
  /** Never counted, and with something to count. */
  uncounted: `SELECT t.id FROM template t LEFT JOIN template_count c ON c.template_id = t.id
    WHERE t.issued > 0 AND c.template_id IS NULL LIMIT ${JOB_PAGE}`,
  keep: `INSERT INTO template_count (template_id, counted_at, due_at, took_ms, unused, held, used, expired,
      frozen, revoked, expiring, discount_given_minor, by_channel)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON DUPLICATE KEY UPDATE counted_at = VALUES(counted_at), due_at = VALUES(due_at),
      took_ms = VALUES(took_ms), unused = VALUES(unused), held = VALUES(held), used = VALUES(used),
      expired = VALUES(expired), frozen = VALUES(frozen), revoked = VALUES(revoked),
      expiring = VALUES(expiring), discount_given_minor = VALUES(discount_given_minor),
      by_channel = VALUES(by_channel)`,
  kept: (count: number) => `SELECT * FROM template_count WHERE template_id IN (${marks(count)})`,
};

/** One page of a template's coupons, after a user ('': the first), as groups. */
export async function countPage(
  database: Pick<Database, 'rows'>,
  templateId: string,
  afterUser: string,
  { nowMs, soonMs }: { readonly nowMs: number; readonly soonMs: number },
): Promise<{ readonly groups: readonly CountedGroup[]; readonly lastUser: string | undefined }> {
  const [end] = await database.rows(COUNT_SQL.pageEnd, [templateId, afterUser]);
  const lastUser = end === undefined ? undefined : String(end['user_id']);
  const now = toSqlMoment(nowMs);
  const rows = await database.rows(COUNT_SQL.page(lastUser === undefined), [
    now,
    now,
    toSqlMoment(soonMs),
    templateId,
    afterUser,
    ...(lastUser === undefined ? [] : [lastUser]),
  ]);
  return { groups: rows.map(toGroup), lastUser };
}

/** What is in the archive is added up there already. */
export async function archivedGroups(
  database: Pick<Database, 'rows'>,
  templateId: string,
): Promise<CountedGroup[]> {
  return (await readArchivedGroups(database, templateId)).map((row) => ({
    state: String(row['status']).toLowerCase() as CountedState,
    channel: String(row['channel']),
    count: Number(row['coupons']),
    expiring: 0,
    givenMinor: Number(row['discount_minor']),
  }));
}

function toGroup(row: Row): CountedGroup {
  const state = String(row['state']);
  const count = Number(row['n']);
  const isExpiring = state === 'EXPIRING';
  return {
    state: isExpiring ? 'unused' : (state.toLowerCase() as CountedState),
    channel: row['channel'] === null ? '' : String(row['channel']),
    count,
    expiring: isExpiring ? count : 0,
    givenMinor: Number(row['given']),
  };
}

/** What was begun comes first. */
export async function dueTemplates(
  database: Pick<Database, 'rows'>,
  nowMs: number,
): Promise<Set<string>> {
  const begun = await database.rows(COUNT_SQL.begun);
  const due = await database.rows(COUNT_SQL.due, [toSqlMoment(nowMs)]);
  const uncounted = await database.rows(COUNT_SQL.uncounted);
  return new Set([...begun, ...uncounted, ...due].map((row) => String(row['id'])));
}

/** A count on its way: all users up to `afterUser` are in the tally. */
export interface UnfinishedCount {
  readonly templateId: string;
  readonly afterUser: string;
  readonly tookMs: number;
  readonly tally: CouponTally;
}

/** Where the last run ended, or the beginning. */
export async function takeUnfinished(
  database: Pick<Database, 'rows'>,
  templateId: string,
): Promise<UnfinishedCount> {
  const [row] = await database.rows(COUNT_SQL.unfinished, [templateId]);
  if (row === undefined) return { templateId, afterUser: '', tookMs: 0, tally: new CouponTally() };
  return {
    templateId,
    afterUser: String(row['after_user']),
    tookMs: Number(row['took_ms']),
    tally: CouponTally.from(String(row['tally'])),
  };
}

export async function keepUnfinished(sql: Sql, unfinished: UnfinishedCount): Promise<void> {
  const { templateId, afterUser, tookMs, tally } = unfinished;
  await sql.change(COUNT_SQL.keepUnfinished, [templateId, afterUser, tookMs, tally.toText()]);
}

export interface KeptCount {
  readonly templateId: string;
  readonly counts: CouponCounts;
  readonly countedAtMs: number;
  readonly dueAtMs: number;
  readonly tookMs: number;
}

/** Writes what was counted, and that the count is finished. */
export async function keepCount(sql: Sql, kept: KeptCount): Promise<void> {
  const { counts } = kept;
  await sql.change(COUNT_SQL.keep, [
    kept.templateId,
    toSqlMoment(kept.countedAtMs),
    toSqlMoment(kept.dueAtMs),
    Math.ceil(kept.tookMs),
    counts.unused,
    counts.held,
    counts.used,
    counts.expired,
    counts.frozen,
    counts.revoked,
    counts.expiring,
    counts.discountGivenMinor,
    JSON.stringify(counts.byChannel),
  ]);
  await sql.change(COUNT_SQL.finish, [kept.templateId]);
}

export async function readCount(
  database: Pick<Database, 'rows'>,
  templateId: string,
): Promise<TemplateStats | undefined> {
  return (await readCounts(database, [templateId])).get(templateId);
}

/** What the worker counted last, by template; those that it never counted are missing. */
export async function readCounts(
  database: Pick<Database, 'rows'>,
  templateIds: readonly string[],
): Promise<Map<string, TemplateStats>> {
  if (templateIds.length === 0) return new Map();
  const rows = await database.rows(COUNT_SQL.kept(templateIds.length), templateIds);
  return new Map(rows.map((row) => [String(row['template_id']), toStats(row)]));
}

function toStats(row: Row): TemplateStats {
  const counts: CouponCounts = {
    unused: Number(row['unused']),
    held: Number(row['held']),
    used: Number(row['used']),
    expired: Number(row['expired']),
    frozen: Number(row['frozen']),
    revoked: Number(row['revoked']),
    expiring: Number(row['expiring']),
    discountGivenMinor: Number(row['discount_given_minor']),
    byChannel: JSON.parse(String(row['by_channel'])) as CouponCounts['byChannel'],
  };
  return {
    ...counts,
    issued: issuedOf(counts),
    countedAtMs: fromSqlMoment(String(row['counted_at'])),
  };
}
