/** A coupon-to-be as claiming makes it, for tests that reserve or commit by hand. */
import { OPEN, type ClaimDraft } from '../../src/claim/claim.types.js';
import { digest } from '../../src/kernel/digest.js';
import { newId } from '../../src/kernel/ids.js';
import type { Template } from '../../src/template/template.types.js';

/** @param more what is to be otherwise */
export function draftOf(
  template: Template,
  userId: string,
  nowMs: number,
  more: object = {},
): ClaimDraft {
  const couponId = newId(nowMs);
  return {
    couponId,
    templateId: template.id,
    templateVersion: template.version,
    userId,
    claimKey: digest(userId, couponId),
    claimFingerprint: 'f'.repeat(22),
    via: OPEN,
    channel: null,
    code: couponId.slice(10),
    claimedAtMs: nowMs,
    validFromMs: nowMs,
    expiresAtMs: template.rules.claimUntilMs,
    ...more,
  };
}
