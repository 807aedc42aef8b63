/**
 * Moves coupons into the archive that were used or have expired over 90 days ago, of templates that can issue
 * no more. So the table that claims and carts work on stays as large as what is alive.
 *
 * Only of such templates, because a coupon's row is a guard: its slot is the per-user limit, its draw number a
 * share of a budget. Where nothing is issued any more, nothing is left to guard; and before the first coupon of
 * a template goes, its epoch is raised, so that no reservation of old days can be committed after it.
 *
 * Once a day all such templates are walked, page by page along a unique key; the place is kept.
 */
import { CLAIM_SQL } from '../claim/claim.store.js';
import { ARCHIVE_AFTER_MS, ARCHIVE_PAGE, ARCHIVE_WALK_EVERY_MS } from '../config/limits.js';
import { archiveCoupons, ARCHIVE_SQL } from '../coupon/archive.store.js';
import type { Clock } from '../kernel/clock.js';
import { toSqlMoment } from '../storage/moments.js';
import { restSince } from '../storage/rest.js';
import type { JobDatabase, JobResult, JobRun, Progress } from './frame/job.js';

/** Young templates have no coupon that old. */
export const ARCHIVE_TEMPLATES_SQL = {
  from: `SELECT id FROM template
    WHERE status IN ('STOPPED', 'EXPIRED') AND id >= ? AND created_at <= ? ORDER BY id LIMIT 1`,
};

/** Where the walk is. Without a template it is over, until a day after it began. */
interface Place {
  readonly beganAtMs: number;
  readonly templateId: string | null;
  readonly userId: string;
  readonly slot: number;
}

export async function archiveOldCoupons(
  run: JobRun,
  clock: Clock,
  pageSize: number = ARCHIVE_PAGE,
): Promise<JobResult> {
  let place = placeOf(run.progress, clock.nowMs());
  for (let handled = 0; ;) {
    if (place.templateId === null) return { handled };
    const startMs = performance.now();
    const page = await archivePage(run, place, clock.nowMs(), pageSize);
    handled += page.moved;
    place = page.next;
    await restSince(startMs, run.signal);
    if (run.signal.aborted) return { handled, isMore: place.templateId !== null };
  }
}

function placeOf(progress: Progress | undefined, nowMs: number): Place {
  const kept = progress as unknown as Place | undefined;
  const isOver =
    kept === undefined ||
    (kept.templateId === null && nowMs >= kept.beganAtMs + ARCHIVE_WALK_EVERY_MS);
  return isOver ? { beganAtMs: nowMs, templateId: '', userId: '', slot: 0 } : kept;
}

async function archivePage(
  run: JobRun,
  place: Place,
  nowMs: number,
  pageSize: number,
): Promise<{ moved: number; next: Place }> {
  const overBeforeMs = nowMs - ARCHIVE_AFTER_MS;
  const templateId = await templateFrom(run.database, place.templateId!, overBeforeMs);
  if (templateId === undefined) {
    const next = { ...place, templateId: null };
    await run.database.transaction((sql) => run.keep(sql, next));
    return { moved: 0, next };
  }
  const isSame = templateId === place.templateId;
  const [userId, slot] = isSame ? [place.userId, place.slot] : ['', 0];
  const values = [templateId, userId, userId, slot, pageSize];
  const rows = await run.database.rows(ARCHIVE_SQL.page, values);
  const last = rows.at(-1);
  const next: Place =
    last === undefined || rows.length < pageSize
      ? { ...place, templateId: after(templateId), userId: '', slot: 0 }
      : { ...place, templateId, userId: String(last['user_id']), slot: Number(last['slot']) };
  const ids = rows.map((row) => String(row['id']));
  const moved = await run.database.transaction(async (sql) => {
    await run.keep(sql, { ...next });
    if (ids.length === 0) return 0;
    const [archived] = await sql.rows(ARCHIVE_SQL.hasArchived, [templateId]);
    const moved = await archiveCoupons(sql, ids, { overBeforeMs, nowMs });
    if (moved > 0 && archived === undefined) await sql.change(CLAIM_SQL.raiseEpoch, [templateId]);
    return moved;
  });
  return { moved, next };
}

async function templateFrom(
  database: JobDatabase,
  id: string,
  createdBeforeMs: number,
): Promise<string | undefined> {
  const values = [id, toSqlMoment(createdBeforeMs)];
  const [row] = await database.rows(ARCHIVE_TEMPLATES_SQL.from, values);
  return row === undefined ? undefined : String(row['id']);
}

/** The next id that could be: ids are compared byte by byte. */
function after(id: string): string {
  return `${id}0`;
}
