/** What a caller reads of a refusal, in English and Chinese. A code without a sentence does not compile. */
import { formatMinor } from '../kernel/money.js';
import type { FailureCode, Rejection } from '../kernel/rejection.js';

type Sentences = { readonly en: string; readonly 'zh-CN': string };
const say = (en: string, zh: string): Sentences => ({ en, 'zh-CN': zh });

const MESSAGES: { readonly [C in FailureCode]: Sentences } = {
  TEMPLATE_NOT_FOUND: say('There is no such coupon template.', '没有这个券模板。'),
  TEMPLATE_NOT_ACTIVE: say('This coupon is not being issued.', '该优惠券未在发放中。'),
  CLAIM_NOT_OPEN: say('Claiming has not started yet.', '领取尚未开始。'),
  CLAIM_CLOSED: say('Claiming is over.', '领取已结束。'),
  SOLD_OUT: say('All coupons are gone.', '优惠券已领完。'),
  USER_LIMIT_REACHED: say(
    'You already have as many as one person may claim.',
    '您已达到领取上限。',
  ),
  USER_LEVEL_NOT_ELIGIBLE: say('Your member level is not eligible.', '您的会员等级不符合条件。'),
  NOT_TARGETED: say('This coupon is not offered to you.', '该优惠券不对您开放。'),
  RATE_LIMITED: say('Too many requests. Please wait.', '请求过于频繁，请稍后再试。'),
  DEVICE_LIMITED: say('Too many claims from this device.', '该设备领取次数过多。'),
  RISK_DENIED: say('This claim cannot be accepted.', '该领取未通过风控。'),
  VERIFICATION_REQUIRED: say('Please complete the verification.', '请先完成验证。'),
  CODE_INVALID: say('This code is not valid.', '券码无效。'),
  SHARE_NOT_FOUND: say('There is no such share.', '没有这个分享。'),
  SHARE_FULL: say('This share has been used up.', '该分享已被领完。'),
  SHARE_OWN: say('You cannot accept your own share.', '不能领取自己的分享。'),
  COUPON_NOT_FOUND: say('There is no such coupon.', '没有这张优惠券。'),
  COUPON_EXPIRED: say('The coupon has expired.', '优惠券已过期。'),
  COUPON_NOT_YET_VALID: say('The coupon is not valid yet.', '优惠券尚未生效。'),
  COUPON_HELD: say('The coupon is held for an order.', '优惠券已被订单占用。'),
  COUPON_USED: say('The coupon has been used.', '优惠券已使用。'),
  COUPON_FROZEN: say('The coupon is frozen.', '优惠券已冻结。'),
  COUPON_REVOKED: say('The coupon has been revoked.', '优惠券已撤回。'),
  THRESHOLD_NOT_MET: say('The minimum spend is not reached.', '未达到使用门槛。'),
  OUT_OF_SCOPE: say('No item in the cart is eligible.', '购物车中没有适用商品。'),
  CURRENCY_MISMATCH: say('The coupon is in another currency.', '币种不符。'),
  NOT_STACKABLE: say('The coupon cannot be combined with the others.', '不可与其他优惠券叠加。'),
  NO_SAVING: say('The coupon would save nothing.', '该优惠券没有优惠。'),
  NOT_IN_BEST_COMBINATION: say('Other coupons save more.', '其他优惠券更优惠。'),
  QUOTE_NOT_FOUND: say('There is no such quote. Please ask again.', '报价不存在，请重新询价。'),
  QUOTE_EXPIRED: say('The quote has expired. Please ask again.', '报价已过期，请重新询价。'),
  QUOTE_STALE: say(
    'A coupon of the quote was used since. Please ask again.',
    '报价已失效，请重新询价。',
  ),
  REDEMPTION_NOT_FOUND: say('The order has no redemption.', '该订单没有核销记录。'),
  REDEMPTION_CONFIRMED: say('The redemption is already confirmed.', '核销已确认。'),
  REDEMPTION_RELEASED: say('The redemption was released.', '核销已释放。'),
  REDEMPTION_EXPIRED: say('The hold has expired.', '占用已过期。'),
  REDEMPTION_REFUNDED: say('The redemption was refunded.', '核销已退款。'),
  REFUND_EXCEEDS_ORDER: say('More units than the order still has.', '退款数量超过订单。'),
  IDEMPOTENCY_CONFLICT: say(
    'The same key was used for another request.',
    '幂等键与先前的请求冲突。',
  ),
  VERSION_CONFLICT: say(
    'Somebody else changed it. Please read it again.',
    '内容已被他人修改，请刷新。',
  ),
  ILLEGAL_TRANSITION: say('This is not possible in its present state.', '当前状态不允许该操作。'),
  OUTCOME_UNKNOWN: say(
    'The outcome is not known yet. Ask again with the same key.',
    '结果未知，请使用同一幂等键重试。',
  ),
  UNAVAILABLE: say('Not available right now. Nothing was done.', '服务暂不可用，未做任何更改。'),
  OVERLOADED: say('Too busy right now. Nothing was done.', '系统繁忙，未做任何更改。'),
};

/** The sentence of a refusal with its facts. */
export function messageOf(rejection: Rejection, language: 'zh-CN' | 'en'): string {
  const sentence = MESSAGES[rejection.code][language];
  const parts = [sentence];
  if (rejection.shortfall) {
    const { amountMinor, currency } = rejection.shortfall;
    const amount = `${formatMinor(amountMinor, currency)} ${currency}`;
    parts.push(language === 'en' ? `Spend ${amount} more.` : `还差 ${amount}。`);
  }
  if (rejection.detail !== undefined) parts.push(`(${rejection.detail})`);
  return parts.join(' ');
}
