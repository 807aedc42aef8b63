/**
 * How an order service talks to the coupons subgraph: with a token of its own (scope coupons:redeem), and
 * again with the same input where the answer was lost or can be had later. Every mutation it uses may be
 * repeated: the first answer comes back.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import {
  ConfirmDocument,
  HoldDocument,
  RefundDocument,
  type RedeemedFragment,
} from '../generated/operations.js';
import { ask, type Target } from '../graphql-client.js';

/** What the coupons subgraph answers to any of the three. */
export type Redeemed = RedeemedFragment;

export interface CouponsClient {
  hold(orderId: string, quoteId: string): Promise<Redeemed>;
  confirm(orderId: string): Promise<Redeemed>;
  refund(
    orderId: string,
    lines: readonly { readonly lineId: string; readonly quantity: number }[],
    idempotencyKey: string,
  ): Promise<Redeemed>;
}

const TRIES_MAX = 4;
const PAUSE_MS = 200;

export function makeCouponsClient(url: Target, token: string): CouponsClient {
  return {
    hold: (orderId, quoteId) =>
      call(HoldDocument, { input: { orderId, quoteId } }, (data) => data.holdCoupons),
    confirm: (orderId) =>
      call(ConfirmDocument, { input: { orderId } }, (data) => data.confirmRedemption),
    refund: (orderId, lines, idempotencyKey) =>
      call(
        RefundDocument,
        { input: { orderId, lines: [...lines], idempotencyKey } },
        (data) => data.refundRedemption,
      ),
  };

  async function call<Data, Variables>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
    pick: (data: Data) => Redeemed,
  ): Promise<Redeemed> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = pick(await ask(url, document, variables, { token }));
      const isFinal = answer.__typename === 'RedemptionDone' || !answer.retryable;
      if (isFinal || attempt === TRIES_MAX) return answer;
      await sleep(PAUSE_MS * attempt);
    }
  }
}
