/** Issues the coupon that something triggered: the one path, with nobody at the door. */
import type { IssueCoupon } from '../claim/issue-coupon.js';
import { rejection } from '../kernel/rejection.js';
import { rejected } from '../kernel/result.js';
import type { Decision } from './customer.types.js';
import { decide } from './rules/decide.js';

export interface Triggered {
  readonly templateId: string;
  readonly userId: string;
  /** An id of ours that the coupon is said to come from. */
  readonly originId: string;
  /** The same key is the same coupon. */
  readonly key: string;
}

export class IssueTriggered {
  constructor(
    private readonly issue: Pick<IssueCoupon, 'run'>,
    /** What nobody expected of one template; it is asked for again. */
    private readonly onFault: (error: unknown, templateId: string) => void,
  ) {}

  async run(wanted: Triggered): Promise<Decision> {
    return decide(await this.ask(wanted));
  }

  private async ask({ templateId, userId, originId, key }: Triggered) {
    try {
      return await this.issue.run({
        templateId,
        userId,
        via: { kind: 'TRIGGER', originId },
        claimKey: key,
        claimFingerprint: key,
        channel: null,
        visitor: null,
      });
    } catch (error) {
      this.onFault(error, templateId);
      return rejected(rejection('OUTCOME_UNKNOWN'));
    }
  }
}
