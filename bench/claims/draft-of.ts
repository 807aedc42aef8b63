/** From a request to a draft, as the service does it: what every lane of the service has in common. */
import type { App } from '../../src/app.js';
import type { ClaimCoupon } from '../../src/claim/claim-coupon.js';
import { OPEN, type ClaimDraft } from '../../src/claim/claim.types.js';
import { makeDraft } from '../../src/claim/make-draft.js';
import { readClaim } from '../../src/claim/read-claim.js';
import { requireUser } from '../../src/kernel/caller.js';
import { drawBytes } from '../../src/kernel/random-bytes.js';
import { digest } from '../../src/kernel/digest.js';
import type { Template } from '../../src/template/template.types.js';

type Asked = Parameters<ClaimCoupon['run']>;

export async function draftOf(
  { catalog, clock }: App,
  caller: Asked[0],
  request: Asked[1],
): Promise<{ readonly template: Template; readonly draft: ClaimDraft }> {
  const { claimKey, channel, visitor } = readClaim(caller, request);
  const template = (await catalog.byId(request.templateId))!;
  const input = [template.id, channel ?? '', visitor.deviceId ?? ''];
  const claimFingerprint = digest('claimCoupon', ...input);
  const userId = requireUser(caller);
  const wanted = { userId, via: OPEN, claimKey, claimFingerprint, channel };
  return { template, draft: makeDraft(template, wanted, clock.nowMs(), drawBytes(14)) };
}
