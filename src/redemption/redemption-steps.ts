/**
 * The steps of one transaction over one redemption and its coupons.
 *
 * Each step is a move of a lifecycle's table, written by compare-and-set under the lock of its row;
 * `record` writes the audit entry and the event of each, so that no step can be without them.
 */
import { restoreCoupons } from '../coupon/archive.store.js';
import { lockCoupons } from '../coupon/coupon.store.js';
import type { Coupon } from '../coupon/coupon.types.js';
import { stepCoupon } from '../coupon/coupon-step.store.js';
import { NO_TIES, type CouponTies } from '../coupon/rules/after-step.js';
import {
  givenBack,
  statusAt as couponStatusAt,
  type CouponEvent,
} from '../coupon/rules/coupon-lifecycle.js';
import { recordChanges, type Change } from '../event/record-change.js';
import { next } from '../kernel/lifecycle.js';
import type { StoredQuote } from '../quote/quote.types.js';
import type { Sql } from '../storage/database.js';
import { lockLatest } from './redemption.store.js';
import { insertRedemption, writeRedemption } from './redemption-write.store.js';
import type { Redemption } from './redemption.types.js';
import {
  REDEMPTION_LIFECYCLE,
  statusAt,
  type RedemptionEvent,
} from './rules/redemption-lifecycle.js';

/** Holds whose time is over, but whose rows do not say so yet, stand in the way: end them, try again. */
export class OverdueHolds extends Error {
  constructor(readonly redemptionIds: readonly string[]) {
    super('overdue holds stand in the way');
    this.name = 'OverdueHolds';
  }
}

/** Another hold of the same order came first; try again, and it is found. */
export class Overtaken extends Error {
  constructor() {
    super('another hold of the order came first');
    this.name = 'Overtaken';
  }
}

type Details = Readonly<Record<string, unknown>>;

/** The name of each step in the audit and in its event. */
const DONE: { readonly [E in RedemptionEvent]: string } = {
  CONFIRM: 'CONFIRMED',
  RELEASE: 'RELEASED',
  EXPIRE: 'EXPIRED',
  HOLD_AGAIN: 'HELD_AGAIN',
  REFUND_PART: 'REFUNDED_PART',
  REFUND_REST: 'REFUNDED',
};

export class RedemptionSteps {
  /** Coupons that this transaction gave back and did not take again, with the order that had them. */
  readonly freed = new Map<string, string>();
  private readonly coupons = new Map<string, Coupon>();
  private readonly changes: Change[] = [];

  constructor(
    readonly sql: Sql,
    readonly actor: string,
    readonly nowMs: number,
  ) {}

  /** The order's last redemption, locked, its row in step with the clock. @throws OverdueHolds */
  async lockOrder(orderId: string): Promise<Redemption | undefined> {
    const latest = await lockLatest(this.sql, orderId);
    if (latest !== undefined && statusAt(latest, this.nowMs) !== latest.status)
      throw new OverdueHolds([latest.id]);
    return latest;
  }

  /**
   * Locks coupons, in the order of their ids, after the redemption's row. Asked twice, it asks once.
   * @param ownId the redemption whose hold of them may be over: it is being ended
   * @throws OverdueHolds
   */
  async lock(couponIds: readonly string[], ownId?: string): Promise<void> {
    const overdue = new Set<string>();
    const unknown = couponIds.filter((id) => !this.coupons.has(id));
    for (const coupon of await lockCoupons(this.sql, unknown)) {
      this.coupons.set(coupon.id, coupon);
      const isOver = coupon.status === 'HELD' && couponStatusAt(coupon, this.nowMs) !== 'HELD';
      if (isOver && coupon.redemptionId !== ownId) overdue.add(coupon.redemptionId!);
    }
    if (overdue.size > 0) throw new OverdueHolds([...overdue]);
  }

  /**
   * As `lock`, of coupons that were used: those that were archived since come back first.
   * One that is being archived is waited for, so it is either locked or found there.
   */
  async lockUsed(couponIds: readonly string[]): Promise<void> {
    await this.lock(couponIds);
    const archived = couponIds.filter((id) => !this.coupons.has(id));
    await restoreCoupons(this.sql, archived);
    await this.lock(archived);
  }

  /** A locked coupon as this transaction has it by now. */
  coupon(couponId: string): Coupon | undefined {
    return this.coupons.get(couponId);
  }

  /** Starts a redemption: the row, and every coupon of it held. */
  async start(redemption: Redemption, quote: StoredQuote): Promise<void> {
    await insertRedemption(this.sql, redemption, quote);
    this.remember(redemption, 'HELD', null, { attempt: redemption.attempt });
    await this.holdCoupons(redemption);
  }

  async holdCoupons(redemption: Redemption): Promise<void> {
    const { heldUntilMs, id: redemptionId, orderId } = redemption;
    for (const { couponId } of redemption.coupons) {
      await this.step(
        couponId,
        'HOLD',
        { ...NO_TIES, heldUntilMs, redemptionId, orderId },
        redemption,
      );
    }
  }

  async useCoupons(redemption: Redemption): Promise<void> {
    const { id: redemptionId, orderId } = redemption;
    for (const { couponId, discountMinor } of redemption.coupons) {
      const ties = { redemptionId, orderId, usedAtMs: this.nowMs, discountMinor };
      await this.step(couponId, 'CONFIRM', { ...NO_TIES, ...ties }, redemption, { discountMinor });
    }
  }

  /** Gives every coupon back: UNUSED, or EXPIRED if its time is over. */
  async giveBackCoupons(
    redemption: Redemption,
    event: 'RELEASE' | 'REFUND',
    cause: string,
  ): Promise<void> {
    for (const { couponId } of redemption.coupons) {
      const ending = givenBack(event, this.own(couponId), this.nowMs);
      await this.step(couponId, ending, NO_TIES, redemption, { cause });
    }
  }

  /** Moves the redemption's own row. @throws Error where the table refuses: decide before you step */
  async move(
    before: Redemption,
    event: RedemptionEvent,
    facts: Partial<Redemption> = {},
    details: Details = {},
  ): Promise<Redemption> {
    const status = next(REDEMPTION_LIFECYCLE, before.status, event);
    if (!status.ok) throw new Error(`redemption ${before.id}: ${event} from ${before.status}`);
    const after: Redemption = {
      ...before,
      updatedAtMs: this.nowMs,
      ...facts,
      status: status.value,
      version: before.version + 1,
    };
    await writeRedemption(this.sql, before, after);
    this.remember(after, DONE[event], before.status, details);
    return after;
  }

  /** Writes the audit and the events of all steps. */
  async record(): Promise<void> {
    await recordChanges(this.sql, this.changes);
  }

  private async step(
    couponId: string,
    event: CouponEvent,
    ties: CouponTies,
    { id: redemptionId, orderId }: Redemption,
    details: Details = {},
  ): Promise<void> {
    const note = {
      actor: this.actor,
      atMs: this.nowMs,
      details: { orderId, redemptionId, ...details },
    };
    const before = this.own(couponId);
    if (event !== 'HOLD' && before.redemptionId !== redemptionId)
      throw new Error(`coupon ${couponId} is not of redemption ${redemptionId}`);
    const { after, change } = await stepCoupon(this.sql, before, event, ties, note);
    this.coupons.set(couponId, after);
    this.changes.push(change);
    if (after.redemptionId === null) this.freed.set(couponId, orderId);
    else this.freed.delete(couponId);
  }

  private own(couponId: string): Coupon {
    const coupon = this.coupons.get(couponId);
    if (coupon === undefined) throw new Error(`coupon ${couponId} is not locked`);
    return coupon;
  }

  private remember(after: Redemption, action: string, from: string | null, details: Details): void {
    const { orderId, userId, quoteId, currency, discountMinor, refundedMinor } = after;
    this.changes.push({
      subject: 'REDEMPTION',
      subjectId: after.id,
      seq: after.version,
      action,
      from,
      to: after.status,
      actor: this.actor,
      atMs: this.nowMs,
      details: { orderId, userId, quoteId, currency, discountMinor, refundedMinor, ...details },
    });
  }
}
