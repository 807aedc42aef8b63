/**
 * The arms of an experiment side by side, from what the worker counted: a look reads one row an arm and no
 * coupon, however many were claimed.
 */
import type { Clock } from '../kernel/clock.js';
import type { Reader } from '../storage/database.js';
import { readArms } from '../template/experiments.js';
import { readTemplates } from '../template/template.store.js';
import type { Template } from '../template/template.types.js';
import { readCounts } from './count.store.js';
import type { ArmResult } from './experiment.types.js';
import { compareArms } from './rules/compare-arms.js';

/** An arm with its template. */
export type ComparedArm = ArmResult & { readonly template: Template };

/** @returns undefined: no template of it was ever approved. @throws DatabaseUnavailable */
export async function readExperiment(
  reader: Reader,
  clock: Clock,
  name: string,
): Promise<ComparedArm[] | undefined> {
  const arms = await readArms(reader, name);
  if (arms.length === 0) return undefined;
  const ids = arms.map(({ templateId }) => templateId);
  const templates = new Map((await readTemplates(reader, ids)).map((one) => [one.id, one]));
  const counts = await readCounts(reader, ids);
  const nowMs = clock.nowMs();
  const results = compareArms(
    arms.map(({ templateId, weight }) => {
      // What nobody has claimed is not counted, and known all the same.
      const nothing = { issued: 0, used: 0, discountGivenMinor: 0, countedAtMs: nowMs };
      const isUntouched = templates.get(templateId)!.issued === 0;
      return { templateId, weight, stats: isUntouched ? nothing : counts.get(templateId) };
    }),
  );
  return results.map((arm) => ({ ...arm, template: templates.get(arm.templateId)! }));
}
