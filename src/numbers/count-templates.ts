/**
 * The job that counts what became of all templates' coupons, so that nobody who looks at a number makes
 * MySQL count millions. Idempotent: two workers that count the same template write the same numbers.
 */
import { COUNT_RUN_MS } from '../config/limits.js';
import type { Clock } from '../kernel/clock.js';
import type { Database } from '../storage/database.js';
import { statusAt } from '../template/rules/template-lifecycle.js';
import { readTemplates } from '../template/template.store.js';
import { countCoupons } from './count-coupons.js';
import { dueTemplates, keepCount } from './count.store.js';
import { nextCountAtMs } from './rules/next-count.js';

/**
 * Counts what is due, for COUNT_RUN_MS; a template that was begun is finished.
 * @returns how many templates were counted
 */
export async function countTemplates(database: Database, clock: Clock): Promise<number> {
  const endMs = performance.now() + COUNT_RUN_MS;
  let counted = 0;
  for (const templateId of await dueTemplates(database, clock.nowMs())) {
    if (performance.now() >= endMs) break;
    await countTemplate(database, clock, templateId);
    counted += 1;
  }
  return counted;
}

async function countTemplate(database: Database, clock: Clock, templateId: string): Promise<void> {
  const beganMs = performance.now();
  const counts = await countCoupons(database, clock, templateId, true);
  const tookMs = performance.now() - beganMs;
  const [template] = await readTemplates(database, [templateId]);
  const countedAtMs = clock.nowMs();
  const isIssuing = template !== undefined && statusAt(template, countedAtMs) === 'ACTIVE';
  const dueAtMs = nextCountAtMs(counts, isIssuing, countedAtMs, tookMs);
  await database.transaction((sql) =>
    keepCount(sql, { templateId, counts, countedAtMs, dueAtMs, tookMs }),
  );
}
