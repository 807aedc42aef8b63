/**
 * Writes down which holds are over: their coupons are given back, their redemptions EXPIRED.
 *
 * Only tidies: the clock freed the coupons at heldUntil, and nothing that anybody is answered changes.
 * Each hold is a transaction of its own; one that cannot be ended does not stop the others, and two
 * workers at once do no harm: the second finds the hold resolved.
 */
import { JOB_PAGE } from '../config/limits.js';
import type { Clock } from '../kernel/clock.js';
import type { RedemptionTransactions } from '../redemption/redemption-transactions.js';
import { readOverdue, type OverdueHold } from '../redemption/redemption.store.js';
import { DatabaseUnavailable, OutcomeUnknown } from '../storage/database-errors.js';
import type { JobDatabase } from './frame/job.js';

export interface ExpiredHolds {
  readonly expired: number;
  /** Holds that could not be ended, with the reason; the next run tries them again. */
  readonly failures: readonly { readonly redemptionId: string; readonly error: unknown }[];
}

/** @throws DatabaseUnavailable · OutcomeUnknown: the next run goes on */
export async function expireHolds(
  database: JobDatabase,
  transactions: Pick<RedemptionTransactions, 'endOverdueHold'>,
  clock: Clock,
  pageSize: number = JOB_PAGE,
): Promise<ExpiredHolds> {
  const nowMs = clock.nowMs();
  const failures: { redemptionId: string; error: unknown }[] = [];
  let expired = 0;
  let last: OverdueHold = { id: '', heldUntilMs: 0 };
  for (;;) {
    const page = await readOverdue(database, nowMs, last, pageSize);
    for (const { id } of page) {
      try {
        if (await transactions.endOverdueHold(id)) expired += 1;
      } catch (error) {
        if (error instanceof DatabaseUnavailable || error instanceof OutcomeUnknown) throw error;
        failures.push({ redemptionId: id, error });
      }
    }
    if (page.length < pageSize) return { expired, failures };
    last = page.at(-1)!;
  }
}
