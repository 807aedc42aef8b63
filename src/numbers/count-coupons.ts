/**
 * What became of a template's coupons, counted page by page. Every coupon is counted once, as it was at
 * some moment between the beginning and the end of the count; so the states add up, however long it takes.
 */
import { EXPIRING_SOON_MS } from '../config/limits.js';
import type { Clock } from '../kernel/clock.js';
import type { Database } from '../storage/database.js';
import { archivedGroups, countPage } from './count.store.js';
import type { CouponCounts } from './numbers.types.js';
import { CouponTally } from './rules/coupon-counts.js';

/** Adds the page after a user to the tally. @returns the user it ended with; undefined: it was the last */
export async function addPage(
  database: Pick<Database, 'rows'>,
  clock: Clock,
  templateId: string,
  afterUser: string,
  tally: CouponTally,
): Promise<string | undefined> {
  const nowMs = clock.nowMs();
  const moment = { nowMs, soonMs: nowMs + EXPIRING_SOON_MS };
  const { groups, lastUser } = await countPage(database, templateId, afterUser, moment);
  for (const group of groups) tally.add(group);
  if (lastUser === undefined)
    for (const group of await archivedGroups(database, templateId)) tally.add(group);
  return lastUser;
}

/** All pages at once: for a template of one page or a few. */
export async function countCoupons(
  database: Pick<Database, 'rows'>,
  clock: Clock,
  templateId: string,
): Promise<CouponCounts> {
  const tally = new CouponTally();
  for (let after: string | undefined = ''; after !== undefined;)
    after = await addPage(database, clock, templateId, after, tally);
  return tally.counts();
}
