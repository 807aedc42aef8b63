/**
 * The registry of discount types. A new type is one file beside this one, its spec, and one line here;
 * a type without a line does not compile.
 */
import type { CouponType } from '../../../template/template.types.js';
import { directCut } from './direct-cut.js';
import type { DiscountKind } from './discount.types.js';
import { discount } from './discount.js';
import { exchange } from './exchange.js';
import { fullCut } from './full-cut.js';
import { redPacket } from './red-packet.js';

export const DISCOUNT_KINDS: Readonly<Record<CouponType, DiscountKind>> = {
  FULL_CUT: fullCut,
  DISCOUNT: discount,
  DIRECT_CUT: directCut,
  RED_PACKET: redPacket,
  EXCHANGE: exchange,
};
