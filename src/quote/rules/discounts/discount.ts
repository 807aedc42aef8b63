/**
 * DISCOUNT (折扣): a share of the base comes off, half a minor unit rounding up.
 * The rate is what is paid, in basis points: at 8000 (8折) a base of 9.99 loses 2.00 (1.998).
 */
import { mulDivHalfUp } from '../../../kernel/money.js';
import { plainThresholdMinor, spreadKind, type Terms } from './discount.types.js';

const WHOLE_BPS = 10_000;

export const discount = spreadKind('DISCOUNT', plainThresholdMinor, amountMinor);

function amountMinor({ rules, baseMinor }: Terms): number {
  const offBps = WHOLE_BPS - (rules.rateBps ?? WHOLE_BPS);
  return Math.min(mulDivHalfUp(baseMinor, offBps, WHOLE_BPS), rules.maxDiscountMinor ?? Infinity);
}
