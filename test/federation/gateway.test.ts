/**
 * The service as shops meet it: behind a gateway process, joined with users, orders and products, over HTTP.
 */
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ClaimDocument,
  FillCartDocument,
  PayDocument,
  PlaceDocument,
  ReturnDocument,
} from '../../src/demo/generated/operations.js';
import type { Template } from '../../src/template/template.types.js';
import {
  ClaimableDocument,
  OrderWithItsRedemptionAndQuoteDocument,
  StatsDocument,
  UserWithCouponsDocument,
} from '../generated/operations.js';
import { ask } from '../kit/service.js';
import { seedTemplate } from '../kit/seed.js';
import { dataOf, startSampleGraph, type SampleGraph } from './sample-graph.js';

let graph: SampleGraph;
let template: Template;
const claimed: Record<string, number> = {};

beforeAll(async () => {
  graph = await startSampleGraph();
  template = await seedTemplate(graph.service.stores.database);
});
afterAll(() => graph.stop());

describe('through the gateway', () => {
  it('plays a whole checkout: quote, hold, pay, return two units, refund', async () => {
    const token = await shopperWithCoupon('anna');
    const { createOrder: order } = await shop(FillCartDocument, cart(), token);
    expect(order.discountQuote).toMatchObject({
      subtotal: { amount: '318.97' },
      discount: { amount: '10.00' },
      payable: { amount: '308.97' },
      lines: [
        { lineId: 'line-1', discount: { amount: '8.12' } },
        { lineId: 'line-2', discount: { amount: '1.88' } },
      ],
    });

    const orderId = order.id;
    const quoteId = order.discountQuote!.id;
    const { placeOrder } = await shop(PlaceDocument, { input: { orderId, quoteId } }, token);
    expect(placeOrder).toMatchObject({
      order: { status: 'PLACED', total: { amount: '308.97' }, redemption: { status: 'HELD' } },
    });

    const { payOrder } = await shop(PayDocument, { input: { orderId } }, token);
    expect(payOrder).toMatchObject({
      order: { status: 'PAID', redemption: { status: 'CONFIRMED' } },
    });

    const lines = [{ lineId: 'line-2', quantity: 2 }];
    const twoUnits = { input: { orderId, lines, returnId: 'return-1' } };
    const { returnUnits } = await shop(ReturnDocument, twoUnits, token);
    expect(returnUnits).toMatchObject({
      order: {
        paidBack: { amount: '38.72' },
        redemption: { status: 'PARTIALLY_REFUNDED', refunded: { amount: '1.26' } },
      },
    });
    expect((await shop(ReturnDocument, twoUnits, token)).returnUnits).toEqual(returnUnits);

    const rest = [
      { lineId: 'line-1', quantity: 1 },
      { lineId: 'line-2', quantity: 1 },
    ];
    const restOfIt = { input: { orderId, lines: rest, returnId: 'return-2' } };
    expect((await shop(ReturnDocument, restOfIt, token)).returnUnits).toMatchObject({
      order: {
        paidBack: { amount: '308.97' },
        redemption: { status: 'REFUNDED', refunded: { amount: '10.00' } },
      },
    });
  });

  it('joins an order with its redemption and its quote, and its customer with coupons', async () => {
    const token = await shopperWithCoupon('bert');
    const { createOrder: filled } = await shop(FillCartDocument, cart(), token);
    const quoteId = filled.discountQuote!.id;
    await shop(PlaceDocument, { input: { orderId: filled.id, quoteId } }, token);
    const { order } = await shop(OrderWithItsRedemptionAndQuoteDocument, { id: filled.id }, token);
    expect(order).toMatchObject({
      status: 'PLACED',
      customer: {
        coupons: {
          totalCount: 1,
          nodes: [{ status: 'HELD', order: { id: filled.id, status: 'PLACED' } }],
        },
      },
      lines: [{ product: { title: 'Keyboard' } }, { product: { title: 'Notebook' } }],
      redemption: { status: 'HELD', discount: { amount: '10.00' } },
      discountQuote: { id: quoteId, discount: { amount: '10.00' }, payable: { amount: '308.97' } },
    });
    expect(order!.discountQuote!.applied[0]!.coupon.id).toBe(order!.redemption!.coupons[0]!.id);
  });

  it('joins a user with coupons', async () => {
    const token = await shopperWithCoupon('carla');
    const { user } = await shop(UserWithCouponsDocument, { id: 'carla' }, token);
    expect(user!.coupons).toEqual({
      totalCount: 1,
      nodes: [{ status: 'UNUSED', owner: { name: user!.name }, template: { name: 'A coupon' } }],
    });
  });

  it('refuses a second order the coupon that the first one holds', async () => {
    const token = await shopperWithCoupon('dora');
    const first = (await shop(FillCartDocument, cart(), token)).createOrder;
    const second = (await shop(FillCartDocument, cart(), token)).createOrder;
    const place = (order: typeof first) =>
      shop(
        PlaceDocument,
        { input: { orderId: order.id, quoteId: order.discountQuote!.id } },
        token,
      );
    expect((await place(first)).placeOrder.__typename).toBe('OrderDone');
    expect((await place(second)).placeOrder).toMatchObject({ code: 'QUOTE_STALE' });
  });

  it('answers refusals in the language of the caller', async () => {
    const token = await shopperWithCoupon('ella');
    const input = { templateId: 'no-such-template', idempotencyKey: 'x' };
    const document =
      'mutation($input: ClaimCouponInput!) { claimCoupon(input: $input) { ... on Rejection { message } } }';
    const messages = [];
    for (const language of ['en', 'zh-CN']) {
      const headers = { 'accept-language': language };
      const { data } = await ask<{ claimCoupon: { message: string } }, object>(
        graph.url,
        document,
        { input },
        token,
        headers,
      );
      messages.push(data!.claimCoupon.message);
    }
    expect(messages[0]).toMatch(/^[\x20-\x7e]+$/);
    expect(messages[1]).toMatch(/\p{Script=Han}/u);
  });
});

describe('the gateway', () => {
  it('shows anybody what may be claimed', async () => {
    const { claimableTemplates } = await shop(ClaimableDocument, {});
    expect(claimableTemplates.totalCount).toBe(1);
  });

  it('refuses a wallet without a token', async () => {
    const { data, errors } = await ask(graph.url, UserWithCouponsDocument, { id: 'anna' });
    expect(data?.user ?? null).toBeNull();
    expect(errors[0]!.extensions.code).toBe('UNAUTHORIZED_FIELD_OR_TYPE');
  });

  it('refuses the statistics of a template without the scope coupons:admin', async () => {
    const shopper = await graph.service.token({ sub: 'anna' });
    const { errors } = await ask(graph.url, StatsDocument, { id: template.id }, shopper);
    expect(errors[0]!.message).toMatch(/not allowed|unauthorized|scope/i);
    const operator = await graph.service.token({ sub: 'olga', scope: 'coupons:admin' });
    const { template: shown } = await shop(StatsDocument, { id: template.id }, operator);
    expect(shown!.stats!.issued).toBeGreaterThan(0);
  });

  it('serves GraphiQL without loading anything from elsewhere', async () => {
    const page = await fetch(graph.url, { headers: { accept: 'text/html' } });
    const html = await page.text();
    expect(html).toContain('YogaGraphiQL.renderYogaGraphiQL');
    expect(html.match(/<(script|link|img|iframe)[^>]*\s(src|href)="(https?:)?\/\//gi)).toBeNull();
  });
});

function shop<Data, Variables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  token?: string,
): Promise<Data> {
  return dataOf(graph.url, document, variables, token);
}

/** A new shopper's token, once there is a coupon of 10.00 in the wallet. */
async function shopperWithCoupon(sub: string): Promise<string> {
  const token = await graph.service.token({ sub });
  claimed[sub] = (claimed[sub] ?? 0) + 1;
  const input = { templateId: template.id, idempotencyKey: `claim-${claimed[sub]}` };
  const { claimCoupon } = await shop(ClaimDocument, { input }, token);
  expect(claimCoupon.__typename).toBe('CouponClaimed');
  return token;
}

/** 259.00 and 3 × 19.99. */
function cart() {
  const lines = [
    { productId: 'keyboard', quantity: 1 },
    { productId: 'notebook', quantity: 3 },
  ];
  return { input: { lines } };
}
