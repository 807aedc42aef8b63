/**
 * What became of a template's coupons, for operators: counted now where that is one page, else as the
 * worker counted it last. So the price of a look does not grow with the template.
 */
import { COUNT_PAGE } from '../config/limits.js';
import type { Clock } from '../kernel/clock.js';
import type { Reader } from '../storage/database.js';
import type { Template } from '../template/template.types.js';
import { countCoupons } from './count-coupons.js';
import { readCount } from './count.store.js';
import type { TemplateStats } from './numbers.types.js';
import { issuedOf } from './rules/coupon-counts.js';

/** @returns undefined: a large template that no worker has counted yet */
export async function readTemplateStats(
  reader: Reader,
  clock: Clock,
  { id, issued }: Pick<Template, 'id' | 'issued'>,
): Promise<TemplateStats | undefined> {
  if (issued >= COUNT_PAGE) return readCount(reader, id);
  const counts = await countCoupons(reader, clock, id);
  return { ...counts, issued: issuedOf(counts), countedAtMs: clock.nowMs() };
}
