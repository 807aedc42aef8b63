/**
 * An operator stops a grant. Promise: once it is answered, no coupon of the grant is issued any more: the
 * transaction that would issue one counts it on the grant's row, and finds it stopped.
 */
import { REASON_LENGTH_MAX } from '../config/limits.js';
import { requireScope, type Caller } from '../kernel/caller.js';
import type { Clock } from '../kernel/clock.js';
import { isId } from '../kernel/ids.js';
import { rejection } from '../kernel/rejection.js';
import { requireNoLonger } from '../kernel/require-length.js';
import { rejected, type Result } from '../kernel/result.js';
import { settled } from '../storage/as-rejection.js';
import type { Database } from '../storage/database.js';
import { lockGrant, stepGrant } from './grant.store.js';
import type { Grant } from './grant.types.js';

export class StopGrant {
  constructor(
    private readonly database: Pick<Database, 'transaction'>,
    private readonly clock: Clock,
  ) {}

  /** An unknown id, like one that is over, is an ILLEGAL_TRANSITION. @throws NotAuthenticated · NotAllowed · InputError */
  async run(
    caller: Caller,
    { id, reason }: { readonly id: string; readonly reason: string },
  ): Promise<Result<Grant>> {
    const actor = requireScope(caller, 'coupons:admin');
    requireNoLonger(reason, 'input.reason', REASON_LENGTH_MAX);
    if (!isId(id)) return rejected(rejection('ILLEGAL_TRANSITION'));
    return settled(() =>
      this.database.transaction(async (sql) => {
        const grant = await lockGrant(sql, id);
        if (grant === undefined) return rejected(rejection('ILLEGAL_TRANSITION'));
        return stepGrant(sql, grant, 'STOP', { actor, atMs: this.clock.nowMs(), reason });
      }),
    );
  }
}
