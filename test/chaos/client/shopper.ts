/** A customer who spends what the wallet has: quote, hold, then confirm (and often refund) or release. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { OrderAttempt } from '../history/history.types.js';
import { ask } from './ask.js';
import type { Random } from './random.js';

export interface ShopperParts {
  readonly urls: () => readonly string[];
  readonly token: (user: string) => Promise<string>;
  readonly orders: OrderAttempt[];
  readonly random: Random;
}

const QUOTE = `query ($input: QuoteDiscountInput!) { quoteDiscount(input: $input) { id applied { coupon { id } } } }`;
const DONE =
  '{ __typename ... on RedemptionDone { redemption { status coupons { id } } } ... on Rejection { code } }';
const STEPS = {
  HOLD: `mutation ($input: HoldCouponsInput!) { done: holdCoupons(input: $input) ${DONE} }`,
  CONFIRM: `mutation ($input: ConfirmRedemptionInput!) { done: confirmRedemption(input: $input) ${DONE} }`,
  RELEASE: `mutation ($input: ReleaseRedemptionInput!) { done: releaseRedemption(input: $input) ${DONE} }`,
  REFUND: `mutation ($input: RefundRedemptionInput!) { done: refundRedemption(input: $input) ${DONE} }`,
};

interface Quoted {
  readonly quoteDiscount?: { readonly id: string; readonly applied: readonly object[] } | null;
}
interface Done {
  readonly done?: {
    readonly redemption?: {
      readonly status: string;
      readonly coupons: readonly { readonly id: string }[];
    };
    readonly code?: string;
  } | null;
}

const TRIES = 8;
const PAUSE_MS = 50;
let orders = 0;

/** @returns how far it came */
export async function shop(parts: ShopperParts, user: string): Promise<string> {
  const { random } = parts;
  const { orderId, held } = await hold(parts, user);
  if (held !== 'HELD') return held;
  if (random.next() < 0.3)
    return step(parts, user, 'RELEASE', orderId, { orderId, reason: 'not wanted' });
  const confirmed = await step(parts, user, 'CONFIRM', orderId, { orderId });
  if (confirmed !== 'CONFIRMED' || random.next() < 0.4) return confirmed;
  return step(parts, user, 'REFUND', orderId, { orderId, idempotencyKey: `refund-${orderId}` });
}

/** Begins an order and leaves it there. @returns HELD, or how far it came */
export async function hold(
  parts: ShopperParts,
  user: string,
): Promise<{ readonly orderId: string; readonly held: string }> {
  const orderId = `order-${(orders += 1)}`;
  const quoteId = await quote(parts, user);
  if (quoteId === undefined) return { orderId, held: 'no quote' };
  const held = await step(parts, user, 'HOLD', orderId, { orderId, quoteId });
  return { orderId, held: held === 'HELD' ? held : `hold: ${held}` };
}

async function quote(parts: ShopperParts, user: string): Promise<string | undefined> {
  const input = {
    currency: 'CNY',
    lines: [
      {
        lineId: 'l1',
        productId: 'p1',
        categoryIds: [],
        unitPrice: { amount: '500', currency: 'CNY' },
        quantity: 2,
      },
    ],
  };
  const reply = await insist<Quoted>(parts, user, QUOTE, input, () => true);
  const quoted = reply?.quoteDiscount;
  return quoted && quoted.applied.length > 0 ? quoted.id : undefined;
}

/** @returns the status that was answered, or the code of the refusal */
async function step(
  parts: ShopperParts,
  user: string,
  name: OrderAttempt['step'],
  orderId: string,
  input: object,
): Promise<string> {
  const isTold = ({ done }: Done) =>
    !['OUTCOME_UNKNOWN', 'UNAVAILABLE', 'OVERLOADED'].includes(done?.code ?? '');
  const reply = await insist<Done>(parts, user, STEPS[name], input, isTold);
  const redemption = reply?.done?.redemption;
  const couponIds = redemption?.coupons.map(({ id }) => id) ?? [];
  parts.orders.push({ orderId, step: name, couponIds, status: redemption?.status });
  return redemption?.status ?? reply?.done?.code ?? 'no answer';
}

/** Every step may be asked again: the first answer comes back. */
async function insist<Data>(
  { urls, token, random }: ShopperParts,
  user: string,
  query: string,
  input: object,
  isTold: (data: Data) => boolean,
): Promise<Data | undefined> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const all = urls();
    if (all.length > 0) {
      const reply = await ask<Data>(random.pick(all), await token(user), query, input).catch(
        () => undefined,
      );
      if (reply?.data && reply.errors === undefined && isTold(reply.data)) return reply.data;
    }
    await sleep(PAUSE_MS);
  }
  return undefined;
}
