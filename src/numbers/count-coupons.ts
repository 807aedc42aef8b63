/**
 * What became of a template's coupons, counted page by page. Every coupon is counted once, as it was at
 * some moment between the beginning and the end of the count; so the states add up, however long it takes.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { EXPIRING_SOON_MS } from '../config/limits.js';
import type { Clock } from '../kernel/clock.js';
import type { Database } from '../storage/database.js';
import { countPage } from './count.store.js';
import type { CouponCounts } from './numbers.types.js';
import { CouponTally } from './rules/coupon-counts.js';

/** @param isPaced rests after each page as long as it took, to leave MySQL to those who wait for it */
export async function countCoupons(
  database: Pick<Database, 'rows'>,
  clock: Clock,
  templateId: string,
  isPaced = false,
): Promise<CouponCounts> {
  const tally = new CouponTally();
  for (let after: string | undefined = ''; after !== undefined;) {
    const beganMs = performance.now();
    const nowMs = clock.nowMs();
    const moment = { nowMs, soonMs: nowMs + EXPIRING_SOON_MS };
    const { groups, lastUser } = await countPage(database, templateId, after, moment);
    for (const group of groups) tally.add(group);
    after = lastUser;
    if (isPaced && after !== undefined) await sleep(performance.now() - beganMs);
  }
  return tally.counts();
}
