/**
 * EXCHANGE (兑换): one unit is free, the one worth most.
 * A unit is worth its price, or what is left on its line if earlier coupons left less. All of it comes
 * off that line, so a refund of the line gives back exactly the exchanged unit.
 */
import {
  plainThresholdMinor,
  type Discount,
  type DiscountKind,
  type TermLines,
  type Terms,
} from './discount.types.js';

export const exchange: DiscountKind = {
  code: 'EXCHANGE',
  thresholdMinor: plainThresholdMinor,
  discount: freeUnit,
  ceilingMinor: ({ baseMinor }) => baseMinor,
  isOneUnit: true,
  stepsMinor: () => [],
  keptBps: () => null,
};

function freeUnit(_terms: Terms, lines: TermLines): Discount {
  let amountMinor = 0;
  let onLine: number | null = null;
  for (let i = 0; i < lines.eligible.length; i++) {
    const line = lines.eligible[i]!;
    const unitMinor = Math.min(lines.unitPriceMinor[line]!, lines.remainingMinor[line]!);
    if (unitMinor > amountMinor) {
      amountMinor = unitMinor;
      onLine = line;
    }
  }
  return { amountMinor, onLine };
}
