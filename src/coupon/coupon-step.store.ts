/**
 * The one statement that changes a coupon, and its audit entry.
 *
 * Every change is a compare-and-set on the primary key, the version and the status, so of two writers
 * one changes nothing and sees it; and it is a step of the lifecycle's table, or it is not made.
 */
import { BATCH_USE_PARTS } from '../config/limits.js';
import type { Change } from '../event/record-change.js';
import type { Sql } from '../storage/database.js';
import { toNullableMoment } from '../storage/moments.js';
import type { Coupon } from './coupon.types.js';
import { afterStep, type CouponTies } from './rules/after-step.js';
import type { CouponEvent } from './rules/coupon-lifecycle.js';

/** The index is named: by its status alone the optimizer may come from ix_coupon_expiry and lock strangers. */
export const COUPON_STEP_SQL = `UPDATE coupon FORCE INDEX (PRIMARY) SET status = ?, version = ?, held_until = ?,
    redemption_id = ?, order_id = ?, used_at = ?, discount_minor = ?
  WHERE id = ? AND version = ? AND status = ?`;

/** The name of each step in the audit and in its event. */
const DONE: { readonly [E in CouponEvent]: string } = {
  HOLD: 'HELD',
  CONFIRM: 'USED',
  RELEASE: 'RELEASED',
  RELEASE_LATE: 'RELEASED',
  REFUND: 'REFUNDED',
  REFUND_LATE: 'REFUNDED',
  EXPIRE: 'EXPIRED',
  FREEZE: 'FROZEN',
  UNFREEZE: 'UNFROZEN',
  UNFREEZE_LATE: 'UNFROZEN',
  REVOKE: 'REVOKED',
};

/** A coupon that is used, or is not any more, is counted by its batch; of others nobody asks so often. */
export const COUNT_USE_SQL = `INSERT INTO batch_use (batch_id, part, used) VALUES (?, ?, ?)
  ON DUPLICATE KEY UPDATE used = used + ?`;

export interface StepNote {
  readonly actor: string;
  readonly atMs: number;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface CouponStep {
  readonly after: Coupon;
  readonly change: Change;
}

/** Writes one step of a coupon that the transaction has locked. The caller records the change. */
export async function stepCoupon(
  sql: Sql,
  before: Coupon,
  event: CouponEvent,
  ties: CouponTies,
  note: StepNote,
): Promise<CouponStep> {
  const after = afterStep(before, event, ties);
  const changed = await sql.change(COUPON_STEP_SQL, [
    after.status,
    after.version,
    toNullableMoment(after.heldUntilMs),
    after.redemptionId,
    after.orderId,
    toNullableMoment(after.usedAtMs),
    after.discountMinor,
    before.id,
    before.version,
    before.status,
  ]);
  if (changed !== 1) throw new Error(`coupon ${before.id} changed under its lock`);
  await countUse(sql, before, after);
  return {
    after,
    change: {
      subject: 'COUPON',
      subjectId: before.id,
      seq: after.version,
      action: DONE[event],
      from: before.status,
      to: after.status,
      actor: note.actor,
      atMs: note.atMs,
      templateId: before.templateId,
      details: { userId: before.userId, ...note.details },
    },
  };
}

async function countUse(sql: Sql, before: Coupon, after: Coupon): Promise<void> {
  const more = Number(after.status === 'USED') - Number(before.status === 'USED');
  if (more === 0 || before.batchId === null) return;
  // The last characters of an id are random.
  const part = before.id.charCodeAt(25) % BATCH_USE_PARTS;
  await sql.change(COUNT_USE_SQL, [before.batchId, part, more, more]);
}
