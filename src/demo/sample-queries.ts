/** What GraphiQL opens with: one tab a kind of caller, each with a token that works and ids that exist. */
import { print, type DocumentNode } from 'graphql';
import type { Tab } from './gateway/create-gateway.js';
import {
  ClaimOneDocument,
  MyOrdersWithTheirDiscountsDocument,
  MyWalletDocument,
  TemplatesForOperatorsDocument,
  WhatWouldMyCartCostDocument,
} from './generated/operations.js';

export interface SampleCallers {
  /** Bought something in the demo. */
  readonly customer: string;
  readonly newcomer: string;
  readonly operator: string;
}

export function sampleTabs(callers: SampleCallers, templateId: string): Tab[] {
  const { customer, newcomer, operator } = callers;
  return [
    tab(MyOrdersWithTheirDiscountsDocument, customer),
    tab(MyWalletDocument, customer),
    tab(WhatWouldMyCartCostDocument, customer, { input: CART }),
    tab(ClaimOneDocument, newcomer, { input: { templateId, idempotencyKey: 'my-first-claim' } }),
    tab(TemplatesForOperatorsDocument, operator),
  ];
}

const CART = {
  currency: 'CNY',
  lines: [
    {
      lineId: '1',
      productId: 'headphones',
      categoryIds: ['electronics'],
      unitPrice: { amount: '399.00', currency: 'CNY' },
      quantity: 1,
    },
    {
      lineId: '2',
      productId: 'notebook',
      categoryIds: ['office'],
      unitPrice: { amount: '19.99', currency: 'CNY' },
      quantity: 3,
    },
  ],
};

function tab(document: DocumentNode, token: string, variables: object = {}): Tab {
  return {
    query: print(document),
    variables: JSON.stringify(variables, null, 2),
    headers: JSON.stringify({ authorization: `Bearer ${token}` }, null, 2),
  };
}
