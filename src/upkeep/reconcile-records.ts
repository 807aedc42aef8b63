/**
 * Looks every minute whether MySQL's records still agree with each other, by the cheap part of what `verify`
 * proves: all checks that walk by id, from the rows of the last minutes on, and the counters of some templates.
 * What it finds is a metric and a line in the log.
 *
 * It repairs only what can be repaired without a guess: a counter below the coupons that are there is raised,
 * under the lock that every commit takes, because that can never issue one too many. A counter above them
 * is left: whether coupons were lost or the counter is wrong, only a person can say.
 */
import {
  RECONCILE_BACK_MS,
  RECONCILE_COUPONS_MAX,
  RECONCILE_PAGES_MAX,
  RECONCILE_TEMPLATES,
} from '../config/limits.js';
import type { Clock } from '../kernel/clock.js';
import { firstIdAt } from '../kernel/ids.js';
import type { Sql } from '../storage/database.js';
import { archiveChecks } from './checks/archive-checks.js';
import { redemptionChecks } from './checks/redemption-checks.js';
import type { JobResult, JobRun } from './frame/job.js';

export const RECONCILE_SQL = {
  /** In rotation. Larger templates would take longer than a statement may; `verify` counts them. */
  templates: `SELECT id FROM template WHERE id > ? AND issued <= ${RECONCILE_COUPONS_MAX} AND status <> 'DRAFT'
    ORDER BY id LIMIT ${RECONCILE_TEMPLATES}`,
  /** One statement sees one moment, in which the two agree or do not. */
  counted: `SELECT issued, (SELECT COUNT(*) FROM coupon c WHERE c.template_id = t.id)
      + (SELECT COUNT(*) FROM coupon_archive old WHERE old.template_id = t.id) AS coupons
    FROM template t WHERE t.id = ?`,
  lock: 'SELECT issued FROM template WHERE id = ? FOR UPDATE',
  raise: 'UPDATE template SET issued = ? WHERE id = ? AND issued < ?',
};

/** What was found last: rows that break a check, and templates whose counter is not their coupons. */
export type RecordDrift = Readonly<Record<'records' | 'counters', number>>;

/** @param tell is told each thing that was found */
export async function reconcileRecords(
  run: JobRun,
  clock: Clock,
  tell: (line: string) => void,
): Promise<JobResult> {
  const records = await checkRecent(run, clock.nowMs());
  const last = String(run.progress?.['templateId'] ?? '');
  const ids = (await run.database.rows(RECONCILE_SQL.templates, [last])).map(({ id }) =>
    String(id),
  );
  const counters: string[] = [];
  for (const id of ids) {
    const line = await checkCounter(run, id);
    if (line !== undefined) counters.push(line);
  }
  for (const line of [...records, ...counters]) tell(line);
  const drift: RecordDrift = { records: records.length, counters: counters.length };
  const templateId = ids.length < RECONCILE_TEMPLATES ? '' : ids.at(-1)!;
  await run.database.transaction((sql) => run.keep(sql, { templateId, ...drift }));
  return { handled: records.length + counters.length };
}

async function checkRecent({ database, signal }: JobRun, nowMs: number): Promise<string[]> {
  const from = firstIdAt(nowMs - RECONCILE_BACK_MS);
  const lines: string[] = [];
  for (const check of [...redemptionChecks, ...archiveChecks]) {
    if (signal.aborted) break;
    for (const line of (await check.runFrom?.(database, nowMs, from, RECONCILE_PAGES_MAX)) ?? [])
      lines.push(`${check.name}: ${line}`);
  }
  return lines;
}

/** @returns how the counter differs; it is raised where that is safe */
async function checkCounter({ database }: JobRun, id: string): Promise<string | undefined> {
  const { issued, coupons } = await countedOf(database, id);
  if (issued === coupons) return undefined;
  if (issued < coupons) await database.transaction((sql) => raise(sql, id));
  return `template ${id} counts ${issued} but has ${coupons}`;
}

async function countedOf(source: Pick<Sql, 'rows'>, id: string) {
  const [row] = await source.rows(RECONCILE_SQL.counted, [id]);
  return { issued: Number(row?.['issued'] ?? 0), coupons: Number(row?.['coupons'] ?? 0) };
}

/** A commit that has inserted already adds its own when it gets the lock. */
async function raise(sql: Sql, id: string): Promise<void> {
  await sql.rows(RECONCILE_SQL.lock, [id]);
  const { coupons } = await countedOf(sql, id);
  await sql.change(RECONCILE_SQL.raise, [coupons, id, coupons]);
}
