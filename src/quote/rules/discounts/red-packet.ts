/** RED_PACKET (红包): the amount drawn for this very coupon comes off. */
import { plainThresholdMinor, spreadKind } from './discount.types.js';

export const redPacket = spreadKind(
  'RED_PACKET',
  plainThresholdMinor,
  ({ faceValueMinor }) => faceValueMinor ?? 0,
);
