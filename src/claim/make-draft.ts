/** From a request to a draft: everything about the coupon-to-be is decided before anybody is asked. */
import { makeCode } from '../coupon/rules/coupon-code.js';
import { validTimeOf } from '../coupon/rules/validity.js';
import { newId } from '../kernel/ids.js';
import type { Template } from '../template/template.types.js';
import type { ClaimDraft } from './claim.types.js';

type Asked = Pick<ClaimDraft, 'userId' | 'via' | 'channel' | 'claimKey' | 'claimFingerprint'>;

/** @param random 14 random bytes for the code */
export function makeDraft(
  template: Template,
  { userId, via, channel, claimKey, claimFingerprint }: Asked,
  nowMs: number,
  random: Uint8Array,
): ClaimDraft {
  return {
    couponId: newId(nowMs),
    templateId: template.id,
    templateVersion: template.version,
    userId,
    claimKey,
    claimFingerprint,
    via,
    channel,
    code: makeCode(random),
    claimedAtMs: nowMs,
    ...validTimeOf(template.rules.validity, nowMs),
  };
}
