/** DIRECT_CUT (立减): a fixed amount comes off. */
import { plainThresholdMinor, spreadKind } from './discount.types.js';

export const directCut = spreadKind(
  'DIRECT_CUT',
  plainThresholdMinor,
  ({ rules }) => rules.amountMinor ?? 0,
);
