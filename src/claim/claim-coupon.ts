/** A customer claims a coupon of a template that is open to all. */
import { requireUser, type Caller } from '../kernel/caller.js';
import { digest } from '../kernel/digest.js';
import type { Result } from '../kernel/result.js';
import type { Claimed } from './claim-directly.js';
import { OPEN } from './claim.types.js';
import type { IssueCoupon } from './issue-coupon.js';
import { readClaim, type ClaimRequest } from './read-claim.js';

export class ClaimCoupon {
  constructor(private readonly issue: IssueCoupon) {}

  /** @throws InputError · NotAuthenticated */
  async run(
    caller: Caller,
    request: ClaimRequest & { readonly templateId: string },
  ): Promise<Result<Claimed>> {
    const userId = requireUser(caller);
    const { claimKey, channel, visitor } = readClaim(caller, request);
    const { templateId } = request;
    const input = [templateId, channel ?? '', visitor.deviceId ?? ''];
    const claimFingerprint = digest('claimCoupon', ...input);
    const via = OPEN;
    return this.issue.run({
      templateId,
      userId,
      via,
      claimKey,
      claimFingerprint,
      channel,
      visitor,
    });
  }
}
