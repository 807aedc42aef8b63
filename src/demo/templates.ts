/** The coupons of the demo, made the legal way: one person writes and submits, another approves. */
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import {
  ActivateTemplateDocument,
  ApproveTemplateDocument,
  CreateTemplateDocument,
  SubmitTemplateDocument,
  type CreateTemplateInput,
  type SavedFragment,
} from './generated/operations.js';
import { ask, type Target } from './graphql-client.js';
import type { Operators } from './people.js';

export type Terms = Partial<CreateTemplateInput> & Pick<CreateTemplateInput, 'names' | 'type'>;

export interface DemoTemplate {
  readonly id: string;
  readonly name: string;
  readonly status: string;
}

export interface Templates {
  readonly sale: DemoTemplate;
  readonly electronics: DemoTemplate;
  readonly redPacket: DemoTemplate;
  /** Its coupons expire in three days and a moment: their owners are reminded while the demo runs. */
  readonly lastDays: DemoTemplate;
}

export const SALE_TOTAL = 1_000;
const DAY_MS = 86_400_000;
/** Time enough to claim one. */
const REMINDED_AFTER_MS = 30_000;

export async function makeTemplates(url: Target, operators: Operators): Promise<Templates> {
  return {
    sale: await makeTemplate(url, operators, FLASH_SALE),
    electronics: await makeTemplate(url, operators, ELECTRONICS),
    redPacket: await makeTemplate(url, operators, RED_PACKET),
    lastDays: await makeTemplate(url, operators, LAST_DAYS()),
  };
}

async function makeTemplate(
  url: Target,
  operators: Operators,
  terms: Terms,
): Promise<DemoTemplate> {
  const input = { ...COMMON(), ...terms };
  const { author, approver } = operators;
  const created = saved(
    (await ask(url, CreateTemplateDocument, { input }, { token: author })).createTemplate,
  );
  const action = { id: created.id, expectedVersion: created.version };
  await step(SubmitTemplateDocument, author);
  await step(ApproveTemplateDocument, approver);
  const { status } = await step(ActivateTemplateDocument, author);
  return { id: created.id, name: input.names[0]!.name, status };

  async function step<Data extends object>(
    document: TypedDocumentNode<Data, { input: typeof action }>,
    token: string,
  ) {
    const data = await ask(url, document, { input: action }, { token });
    return saved(Object.values(data)[0] as SavedFragment);
  }
}

function saved(result: SavedFragment) {
  if (result.__typename === 'TemplateSaved') return result.template;
  throw new Error(`The template was refused: ${result.code} ${result.message}`);
}

/** A function, because of the clock. */
const COMMON = () => ({
  currency: 'CNY',
  stackStrategy: 'ALL' as const,
  claimFrom: new Date(Date.now() - 60_000).toISOString(),
  claimUntil: new Date(Date.now() + 7 * DAY_MS).toISOString(),
  validity: { days: 30, timeZone: 'Asia/Shanghai' },
});

const FLASH_SALE: Terms = {
  names: [
    { language: 'en', name: 'Flash sale: 20 off 100' },
    { language: 'zh-CN', name: '秒杀：满100减20' },
  ],
  type: 'FULL_CUT',
  tiers: [{ threshold: yuan('100.00'), amount: yuan('20.00') }],
  totalCount: SALE_TOTAL,
  perUserLimit: 1,
  priority: 20,
};

const ELECTRONICS: Terms = {
  names: [
    { language: 'en', name: '10 % off electronics' },
    { language: 'zh-CN', name: '电子产品九折' },
  ],
  type: 'DISCOUNT',
  rate: '0.90',
  maxDiscount: yuan('50.00'),
  scope: { includeCategories: ['electronics'] },
  priority: 10,
};

const RED_PACKET: Terms = {
  names: [
    { language: 'en', name: 'Lucky red packet' },
    { language: 'zh-CN', name: '拼手气红包' },
  ],
  type: 'RED_PACKET',
  redPacket: { min: yuan('1.00'), max: yuan('10.00'), budget: yuan('1000.00') },
  totalCount: 200,
};

/** Whoever has a coupon longer than three days is reminded three days before its end; a function, because of the clock. */
const LAST_DAYS = (): Terms => ({
  names: [
    { language: 'en', name: 'Last days: 5 off' },
    { language: 'zh-CN', name: '最后几天：立减5' },
  ],
  type: 'DIRECT_CUT',
  amount: yuan('5.00'),
  validity: {
    from: new Date().toISOString(),
    until: new Date(Date.now() + 3 * DAY_MS + REMINDED_AFTER_MS).toISOString(),
  },
});

function yuan(amount: string) {
  return { amount, currency: 'CNY' };
}
