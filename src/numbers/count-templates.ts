/**
 * The job that counts what became of all templates' coupons, so that nobody who looks at a number makes
 * MySQL count millions. It rests after each page as long as the page took, and what one run cannot finish
 * the next goes on with. Idempotent: whoever counts again writes what is.
 */
import type { Clock } from '../kernel/clock.js';
import type { Database } from '../storage/database.js';
import { restSince } from '../storage/rest.js';
import { statusAt } from '../template/rules/template-lifecycle.js';
import { readTemplates } from '../template/template.store.js';
import { addPage } from './count-coupons.js';
import {
  dueTemplates,
  keepCount,
  keepUnfinished,
  takeUnfinished,
  type UnfinishedCount,
} from './count.store.js';
import { nextCountAtMs } from './rules/next-count.js';

export interface CountRun {
  readonly database: Pick<Database, 'rows' | 'transaction'>;
  /** Aborted when the run should end. */
  readonly signal: AbortSignal;
}

/** @returns how many templates were counted to their end */
export async function countTemplates(
  run: CountRun,
  clock: Clock,
): Promise<{ handled: number; isMore: boolean }> {
  let handled = 0;
  for (const templateId of await dueTemplates(run.database, clock.nowMs())) {
    if (run.signal.aborted || !(await countTemplate(run, clock, templateId)))
      return { handled, isMore: true };
    handled += 1;
  }
  return { handled, isMore: false };
}

/** @returns false: it was not finished, and is kept as far as it came */
async function countTemplate(run: CountRun, clock: Clock, templateId: string): Promise<boolean> {
  const { database, signal } = run;
  const begun = await takeUnfinished(database, templateId);
  const { tally } = begun;
  const startMs = performance.now();
  for (let after: string | undefined = begun.afterUser; ;) {
    const pageMs = performance.now();
    after = await addPage(database, clock, templateId, after, tally);
    const tookMs = begun.tookMs + Math.ceil(performance.now() - startMs);
    if (after === undefined) {
      await finish(run, clock, { templateId, afterUser: '', tookMs, tally });
      return true;
    }
    if (signal.aborted) {
      const unfinished = { templateId, afterUser: after, tookMs, tally };
      await database.transaction((sql) => keepUnfinished(sql, unfinished));
      return false;
    }
    await restSince(pageMs, signal);
  }
}

async function finish({ database }: CountRun, clock: Clock, count: UnfinishedCount): Promise<void> {
  const { templateId, tally, tookMs } = count;
  const [template] = await readTemplates(database, [templateId]);
  const countedAtMs = clock.nowMs();
  const isIssuing = template !== undefined && statusAt(template, countedAtMs) === 'ACTIVE';
  const counts = tally.counts();
  const dueAtMs = nextCountAtMs(counts, isIssuing, countedAtMs, tookMs);
  await database.transaction((sql) =>
    keepCount(sql, { templateId, counts, countedAtMs, dueAtMs, tookMs }),
  );
}
