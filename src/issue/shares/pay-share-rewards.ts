/**
 * Rewards who shared: a coupon of the reward's template, once a share is full.
 *
 * Promise: exactly once, whatever dies. A full share owes by being full, which the transaction of the last
 * acceptance has written; the coupon's key is made of the share, so paying twice finds the first coupon; and
 * only a coupon or a final refusal is written down as the end of it. What may pass (no answer, the reward's
 * template not open yet) is tried again by the next run.
 */
import type { IssueCoupon } from '../../claim/issue-coupon.js';
import { SHARE_REWARD_PAGE } from '../../config/limits.js';
import type { Clock } from '../../kernel/clock.js';
import { digest } from '../../kernel/digest.js';
import type { Rejection } from '../../kernel/rejection.js';
import type { Database } from '../../storage/database.js';
import { SHARE_CHANNEL } from './accept-share.js';
import { readOwed, settleReward } from './share.store.js';
import type { Share, ShareReward } from './share.types.js';

export interface RewardRun {
  /** Of the job's run, so that a worker that lost its lease writes nothing down. */
  readonly database: Pick<Database, 'rows' | 'transaction'>;
  readonly signal: AbortSignal;
}

export interface PaidRewards {
  /** Paid or refused for good. */
  readonly handled: number;
  readonly isMore: boolean;
  /** Of those, what was refused. */
  readonly refused: readonly { readonly shareId: string; readonly code: string }[];
}

export class PayShareRewards {
  constructor(
    private readonly issue: IssueCoupon,
    private readonly clock: Clock,
  ) {}

  /** Looks at every share that owes, also behind those that cannot be paid yet. */
  async run({ database, signal }: RewardRun): Promise<PaidRewards> {
    const refused: { shareId: string; code: string }[] = [];
    let handled = 0;
    for (let afterId = ''; ;) {
      const owed = await readOwed(database, afterId, SHARE_REWARD_PAGE);
      if (owed.length === 0) return { handled, isMore: false, refused };
      const ends = await Promise.all(owed.map((share) => this.pay(share)));
      await database.transaction(async (sql) => {
        for (const [i, end] of ends.entries())
          if (end !== undefined) await settleReward(sql, owed[i]!.id, end);
      });
      for (const [i, end] of ends.entries()) {
        if (end !== undefined) handled += 1;
        if (end?.refusal) refused.push({ shareId: owed[i]!.id, code: end.refusal });
      }
      if (owed.length < SHARE_REWARD_PAGE) return { handled, isMore: false, refused };
      if (signal.aborted) return { handled, isMore: true, refused };
      afterId = owed.at(-1)!.id;
    }
  }

  /** undefined: not yet. */
  private async pay({
    id,
    userId,
    reward,
  }: Share): Promise<Omit<ShareReward, 'templateId'> | undefined> {
    if (reward === null) return undefined;
    const key = digest('share reward', id);
    const result = await this.issue.run({
      templateId: reward.templateId,
      userId,
      via: { kind: 'TRIGGER', originId: id },
      claimKey: key,
      claimFingerprint: key,
      channel: SHARE_CHANNEL,
      visitor: null,
    });
    const settledAtMs = this.clock.nowMs();
    if (result.ok)
      return { status: 'PAID', couponId: result.value.coupon.id, refusal: null, settledAtMs };
    if (mayPass(result.rejection)) return undefined;
    return { status: 'REFUSED', couponId: null, refusal: result.rejection.code, settledAtMs };
  }
}

/** A template that is not active may be activated; one that is over stays so. */
function mayPass({ code, retryable }: Rejection): boolean {
  return retryable || code === 'TEMPLATE_NOT_ACTIVE';
}
