/**
 * What a hold of a quote means for an order that may have a redemption already.
 *
 * One live redemption an order: the same quote replays, another quote replaces what is only held and
 * conflicts with what was confirmed, and after RELEASED or EXPIRED the order starts another.
 */
import { rejection } from '../../kernel/rejection.js';
import { ok, rejected, type Result } from '../../kernel/result.js';
import type { Redemption, RedemptionStatus } from '../redemption.types.js';
import { statusAt } from './redemption-lifecycle.js';

export type HoldDecision = 'START' | 'REPLAY' | 'REPLACE';

const ON_SAME_QUOTE: { readonly [S in RedemptionStatus]: HoldDecision } = {
  HELD: 'REPLAY',
  CONFIRMED: 'REPLAY',
  PARTIALLY_REFUNDED: 'REPLAY',
  REFUNDED: 'REPLAY',
  RELEASED: 'START',
  EXPIRED: 'START',
};

const ON_OTHER_QUOTE: { readonly [S in RedemptionStatus]: HoldDecision | 'CONFLICT' } = {
  HELD: 'REPLACE',
  CONFIRMED: 'CONFLICT',
  PARTIALLY_REFUNDED: 'CONFLICT',
  REFUNDED: 'CONFLICT',
  RELEASED: 'START',
  EXPIRED: 'START',
};

/** @param latest the order's last redemption; undefined: it never had one */
export function decideHold(
  latest: Redemption | undefined,
  quoteId: string,
  nowMs: number,
): Result<HoldDecision> {
  if (latest === undefined) return ok('START');
  const table = latest.quoteId === quoteId ? ON_SAME_QUOTE : ON_OTHER_QUOTE;
  const decision = table[statusAt(latest, nowMs)];
  if (decision !== 'CONFLICT') return ok(decision);
  return rejected(
    rejection('IDEMPOTENCY_CONFLICT', { detail: { fact: 'CONFIRMED_WITH_ANOTHER_QUOTE' } }),
  );
}
