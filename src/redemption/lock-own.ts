/** Finds and locks the redemption that a verb is about; somebody else's is not there. */
import type { Caller } from '../kernel/caller.js';
import { isExternalId } from '../kernel/external-id.js';
import { rejection } from '../kernel/rejection.js';
import { ok, rejected, type Result } from '../kernel/result.js';
import type { RedemptionSteps } from './redemption-steps.js';
import type { Redemption } from './redemption.types.js';
import { mayRedeem } from './rules/who-may.js';

export async function lockOwn(
  steps: RedemptionSteps,
  caller: Caller,
  orderId: string,
): Promise<Result<Redemption>> {
  const latest = isExternalId(orderId) ? await steps.lockOrder(orderId) : undefined;
  if (latest === undefined || !mayRedeem(caller, latest.userId))
    return rejected(rejection('REDEMPTION_NOT_FOUND'));
  return ok(latest);
}
