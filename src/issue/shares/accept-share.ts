/**
 * A user accepts what another has shared: a coupon of its template, by the way SHARE.
 *
 * Promise: never more than the share's limit, and each user once. The transaction that inserts the coupon
 * decides both (src/claim/ways.ts); what is looked at here only spares it work.
 */
import type { Claimed } from '../../claim/claim-directly.js';
import type { IssueCoupon } from '../../claim/issue-coupon.js';
import { readClaim, type ClaimRequest } from '../../claim/read-claim.js';
import { requireUser, type Caller } from '../../kernel/caller.js';
import { digest } from '../../kernel/digest.js';
import { rejection, type Rejection } from '../../kernel/rejection.js';
import { ok, rejected, type Result } from '../../kernel/result.js';
import { settled } from '../../storage/as-rejection.js';
import type { Database } from '../../storage/database.js';
import { readShareByToken } from './share.store.js';
import type { Share } from './share.types.js';

/** Where a coupon was claimed whose caller does not say. */
export const SHARE_CHANNEL = 'share';

const TOKEN = /^[\w-]{22}$/;

export class AcceptShare {
  constructor(
    private readonly database: Database,
    private readonly issue: IssueCoupon,
  ) {}

  /** @throws InputError · NotAuthenticated */
  async run(
    caller: Caller,
    request: ClaimRequest & { readonly token: string },
  ): Promise<Result<Claimed>> {
    const userId = requireUser(caller);
    const { claimKey, channel, visitor } = readClaim(caller, request);
    const found = await settled(() => this.find(request.token));
    if (!found.ok) return found;
    const share = found.value;
    return this.issue.run({
      templateId: share.templateId,
      userId,
      via: { kind: 'SHARE', originId: share.id },
      claimKey,
      claimFingerprint: digest('acceptShare', share.id, channel ?? '', visitor.deviceId ?? ''),
      channel: channel ?? SHARE_CHANNEL,
      visitor,
      refuse: async () => refusalOf(share, userId),
    });
  }

  private async find(token: string): Promise<Result<Share>> {
    const share = TOKEN.test(token) ? await readShareByToken(this.database, token) : undefined;
    return share ? ok(share) : rejected(rejection('SHARE_NOT_FOUND'));
  }
}

/** What is true for ever, so that nothing need be reserved for it. */
function refusalOf({ userId, placesLeft }: Share, accepterId: string): Rejection | undefined {
  if (userId === accepterId) return rejection('SHARE_OWN');
  return placesLeft === 0 ? rejection('SHARE_FULL') : undefined;
}
