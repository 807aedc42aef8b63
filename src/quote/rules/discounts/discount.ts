/**
 * DISCOUNT (折扣): a share of the base comes off, half a minor unit rounding up.
 * The rate is what is paid, in basis points: at 8000 (8折) a base of 9.99 loses 2.00 (1.998).
 */
import { mulDivHalfUp } from '../../../kernel/money.js';
import type { DiscountRules } from '../../../template/template.types.js';
import {
  plainThresholdMinor,
  spreadKind,
  type DiscountKind,
  type Terms,
} from './discount.types.js';

const WHOLE_BPS = 10_000;

export const discount: DiscountKind = {
  ...spreadKind('DISCOUNT', plainThresholdMinor, amountMinor),
  keptBps: (rules, baseMinor) =>
    offMinor(rules, baseMinor) <= capMinor(rules) ? keptBps(rules) : null,
};

function amountMinor({ rules, baseMinor }: Terms): number {
  return Math.min(offMinor(rules, baseMinor), capMinor(rules));
}

function offMinor(rules: DiscountRules, baseMinor: number): number {
  return mulDivHalfUp(baseMinor, WHOLE_BPS - keptBps(rules), WHOLE_BPS);
}

function keptBps({ rateBps }: DiscountRules): number {
  return rateBps ?? WHOLE_BPS;
}

function capMinor({ maxDiscountMinor }: DiscountRules): number {
  return maxDiscountMinor ?? Infinity;
}
