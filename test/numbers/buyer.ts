/** Customers over HTTP who claim a coupon and buy with it. */
import type { TestService } from '../kit/service.js';

const CLAIM = `mutation ($input: ClaimCouponInput!) { claimCoupon(input: $input) {
  ... on CouponClaimed { coupon { id channel } } ... on Rejection { code } } }`;
const QUOTE = `query ($input: QuoteDiscountInput!) { quoteDiscount(input: $input) { id } }`;
const REDEEM = `mutation ($input: HoldCouponsInput!) { redeemCoupons(input: $input) {
  ... on RedemptionDone { redemption { status } } ... on Rejection { code } } }`;

type Told<T> = Record<string, T | undefined>;

/** One mutation or query with an input. @throws if it has errors */
export async function tell<T>(
  service: TestService,
  document: string,
  input: object,
  sub: string,
  scope?: string,
): Promise<T> {
  const token = await service.token({ sub, ...(scope === undefined ? {} : { scope }) });
  const { data, errors } = await service.query<Told<T>>(document, { input }, token);
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return Object.values(data!)[0]!;
}

/** @returns the coupon's id; undefined: it was refused */
export async function claimBy(
  service: TestService,
  templateId: string,
  sub: string,
  channel: string | null = null,
): Promise<string | undefined> {
  const input = { templateId, idempotencyKey: `claim-${templateId}`, channel };
  return (await tell<{ coupon?: { id: string } }>(service, CLAIM, input, sub)).coupon?.id;
}

/** Buys for 200 with the coupon. */
export async function buyWith(service: TestService, couponId: string, sub: string): Promise<void> {
  const unitPrice = { amount: '200.00', currency: 'CNY' };
  const line = { lineId: 'l', productId: 'p', categoryIds: [], unitPrice, quantity: 1 };
  const cart = { currency: 'CNY', lines: [line], couponIds: [couponId] };
  const { id: quoteId } = await tell<{ id: string }>(service, QUOTE, cart, sub);
  const order = { orderId: `order-${couponId}`, quoteId };
  const done = await tell<{ redemption?: object; code?: string }>(
    service,
    REDEEM,
    order,
    'order-service',
    'coupons:redeem',
  );
  if (done.redemption === undefined) throw new Error(done.code);
}
