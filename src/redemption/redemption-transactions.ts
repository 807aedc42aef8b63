/**
 * Runs the transactions of redemptions: one redemption and its coupons each, and nothing of another
 * order, so that locks are always taken in one order (the redemption's row, then coupons by their ids).
 *
 * A transaction that meets overdue holds gives way: they are ended first, each in a transaction of its
 * own (the clock has freed them already, so ending them takes nothing away), then it runs again. So does
 * one that another hold of the same order overtook. What a commit gave back is given back in Redis too.
 */
import { REDEMPTION_TRIES_MAX } from '../config/limits.js';
import type { Clock } from '../kernel/clock.js';
import { reached } from '../storage/steps.js';
import { DatabaseUnavailable, duplicateKeyName } from '../storage/database-errors.js';
import type { Database } from '../storage/database.js';
import { lockRedemption } from './redemption.store.js';
import { OverdueHolds, Overtaken, RedemptionSteps } from './redemption-steps.js';
import type { Redemption } from './redemption.types.js';
import type { Reservations } from './reservations.js';
import { statusAt } from './rules/redemption-lifecycle.js';

/** Who ends holds, in the audit. */
export const HOLD_EXPIRER = 'job:expire-holds';

/** Two first holds of one order met here: there was no row of it to lock. */
const ORDER_KEYS = new Set(['uk_redemption_live_order', 'uk_redemption_attempt']);

export class RedemptionTransactions {
  constructor(
    private readonly database: Database,
    private readonly reservations: Reservations,
    private readonly clock: Clock,
  ) {}

  /** @throws DatabaseUnavailable · OutcomeUnknown · what `work` throws */
  async run<T>(actor: string, work: (steps: RedemptionSteps) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.once(actor, work);
      } catch (error) {
        const isOvertaken =
          error instanceof Overtaken || ORDER_KEYS.has(duplicateKeyName(error) ?? '');
        if (!(error instanceof OverdueHolds) && !isOvertaken) throw error;
        if (tries >= REDEMPTION_TRIES_MAX) throw new DatabaseUnavailable(error);
        if (error instanceof OverdueHolds)
          for (const id of error.redemptionIds) await this.endOverdueHold(id);
      }
    }
  }

  /** Writes down that a hold's time is over. @returns false if it is not, or was resolved meanwhile */
  async endOverdueHold(redemptionId: string): Promise<boolean> {
    return this.once(HOLD_EXPIRER, async (steps) => {
      const redemption = await lockRedemption(steps.sql, redemptionId);
      if (redemption?.status !== 'HELD') return false;
      if (statusAt(redemption, steps.nowMs) !== 'EXPIRED') return false;
      await steps.lock(couponIdsOf(redemption), redemption.id);
      await steps.giveBackCoupons(redemption, 'RELEASE', 'EXPIRE');
      await steps.move(redemption, 'EXPIRE', { updatedAtMs: redemption.heldUntilMs! });
      return true;
    });
  }

  private async once<T>(actor: string, work: (steps: RedemptionSteps) => Promise<T>): Promise<T> {
    const { steps, value } = await this.database.transaction(async (sql) => {
      const steps = new RedemptionSteps(sql, actor, this.clock.nowMs());
      const value = await work(steps);
      await steps.record();
      reached('redemption:written');
      return { steps, value };
    });
    reached('redemption:committed');
    await this.returnFreed(steps);
    return value;
  }

  private async returnFreed({ freed }: RedemptionSteps): Promise<void> {
    await Promise.all(
      [...freed].map(([couponId, orderId]) => this.reservations.giveBack(orderId, [couponId])),
    );
  }
}

export function couponIdsOf({ coupons }: Pick<Redemption, 'coupons'>): string[] {
  return coupons.map(({ couponId }) => couponId);
}
