/** Templates as operators write them and customers read them, through GraphQL. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start, type TestService } from '../kit/service.js';
import { seedCoupons } from '../kit/seed.js';

const FIELDS = `id name names { language name } type status currency version
  tiers { threshold { amount currency } amount { amount currency } } repeatable
  amount { amount currency } rate maxDiscount { amount currency }
  redPacket { min { amount } max { amount } budget { amount } } threshold { amount } thresholdBasis
  scope { includeProducts excludeProducts includeCategories excludeCategories }
  stackStrategy priority exclusionGroup claimMethod grantOn totalCount remainingCount perUserLimit
  userLevels claimFrom claimUntil validity { days from until timeZone } experiment
  share { acceptLimit rewardTemplate { id } }`;
const CREATE = `mutation ($input: CreateTemplateInput!) { createTemplate(input: $input) {
  ... on TemplateSaved { template { ${FIELDS} } } ... on Rejection { code message } } }`;
const READ = `query ($id: ID!) { template(id: $id) { ${FIELDS} } }`;
const MOVE = (name: string) => `mutation ($input: TemplateActionInput!) { ${name}(input: $input) {
  ... on TemplateSaved { template { id status version } }
  ... on Rejection { code message retryable } } }`;

const yuan = (amount: string) => ({ amount, currency: 'CNY' });
const LEAST = {
  names: [{ language: 'en', name: 'Plain' }],
  type: 'EXCHANGE',
  currency: 'CNY',
  claimFrom: '2020-01-01T08:00:00+08:00',
  claimUntil: '2099-12-31T00:00:00Z',
  validity: { days: 7 },
};

interface Saved {
  readonly createTemplate: { readonly template: Record<string, unknown> & { readonly id: string } };
}

describe('a template in the graph', () => {
  let service: TestService;
  let admin: string;
  let reviewer: string;
  let customer: string;
  beforeAll(async () => {
    service = await start();
    admin = await service.token({ sub: 'olga', scope: 'coupons:admin' });
    reviewer = await service.token({ sub: 'rolf', scope: 'coupons:approve' });
    customer = await service.token({ sub: 'anna' });
  });
  afterAll(() => service.stop());

  const create = async (input: object) => {
    const { data, errors } = await service.query<Saved>(CREATE, { input }, admin);
    expect(errors).toEqual([]);
    return data!.createTemplate.template;
  };
  const move = (name: string, input: object, token = admin) =>
    service.query<Record<string, object>>(MOVE(name), { input }, token);
  const activate = async (id: string) => {
    await move('submitTemplate', { id });
    await move('approveTemplate', { id, expectedVersion: 1 }, reviewer);
    return move('activateTemplate', { id, expectedVersion: 1 });
  };

  it.each<[string, object, object]>([
    [
      'FULL_CUT',
      {
        tiers: [
          { threshold: yuan('100'), amount: yuan('20') },
          { threshold: yuan('200.5'), amount: yuan('50') },
        ],
        thresholdBasis: 'ORIGINAL',
      },
      {
        tiers: [
          { threshold: yuan('100.00'), amount: yuan('20.00') },
          { threshold: yuan('200.50'), amount: yuan('50.00') },
        ],
        thresholdBasis: 'ORIGINAL',
        repeatable: false,
      },
    ],
    [
      'FULL_CUT',
      {
        tiers: [{ threshold: yuan('100'), amount: yuan('20') }],
        repeatable: true,
        maxDiscount: yuan('60'),
      },
      { repeatable: true, maxDiscount: yuan('60.00') },
    ],
    [
      'DISCOUNT',
      { rate: '0.855', maxDiscount: yuan('50'), threshold: yuan('10') },
      { rate: '0.855', maxDiscount: yuan('50.00'), threshold: { amount: '10.00' } },
    ],
    ['DISCOUNT', { rate: '0.8' }, { rate: '0.80', maxDiscount: null, threshold: null }],
    ['DISCOUNT', { rate: '0.05000' }, { rate: '0.05' }],
    ['DISCOUNT', { rate: '0.0001' }, { rate: '0.0001' }],
    ['DIRECT_CUT', { amount: yuan('5.5') }, { amount: yuan('5.50'), tiers: [] }],
    [
      'RED_PACKET',
      {
        redPacket: { min: yuan('0.01'), max: yuan('9'), budget: yuan('100') },
        totalCount: 50,
      },
      {
        redPacket: {
          min: { amount: '0.01' },
          max: { amount: '9.00' },
          budget: { amount: '100.00' },
        },
        totalCount: 50,
        remainingCount: 50,
      },
    ],
    [
      'EXCHANGE',
      { threshold: yuan('1') },
      { threshold: { amount: '1.00' }, totalCount: null, remainingCount: null },
    ],
  ])('of type %s comes back as it was written (%j)', async (type, fields, expected) => {
    const common = {
      scope: { includeProducts: ['p1'], excludeCategories: ['c9'] },
      stackStrategy: 'SAME_TYPE',
      priority: 7,
      exclusionGroup: 'g1',
      perUserLimit: 3,
      userLevels: ['gold'],
      experiment: 'B',
      validity: {
        from: '2026-01-01T00:00:00Z',
        until: '2027-01-01T00:00:00Z',
        timeZone: 'Asia/Tokyo',
      },
    };
    const made = await create({ ...LEAST, ...common, type, ...fields });
    expect(made).toMatchObject({ type, status: 'DRAFT', version: 1, ...expected });
    expect(made).toMatchObject({
      ...common,
      scope: {
        includeProducts: ['p1'],
        excludeProducts: [],
        includeCategories: [],
        excludeCategories: ['c9'],
      },
      validity: { days: null, from: '2026-01-01T00:00:00.000Z', until: '2027-01-01T00:00:00.000Z' },
      claimFrom: '2020-01-01T00:00:00.000Z',
      claimUntil: '2099-12-31T00:00:00.000Z',
    });
    const read = await service.query(READ, { id: made.id }, admin);
    expect(read.data).toEqual({ template: made });
  });

  it('keeps the digits of its currency', async () => {
    const yen = (amount: string) => ({ amount, currency: 'JPY' });
    const made = await create({
      ...LEAST,
      type: 'DIRECT_CUT',
      currency: 'JPY',
      amount: yen('500'),
    });
    expect(made).toMatchObject({ amount: yen('500') });
  });

  it('has a name in the language asked for, else in the same language, else the default', async () => {
    const names = [
      { language: 'de', name: 'Zehn' },
      { language: 'zh-TW', name: '十元' },
      { language: 'zh-CN', name: '减十元' },
      { language: 'en', name: 'Ten' },
    ];
    const { id } = await create({ ...LEAST, names });
    const query = `query ($id: ID!) { template(id: $id) { none: name deAT: name(language: "de-AT")
      cn: name(language: "zh-cn") hk: name(language: "zh-HK") fr: name(language: "fr")
      us: name(language: "EN-us") empty: name(language: "") nothing: name(language: null) } }`;
    const { data } = await service.query(query, { id }, admin);
    expect(data).toEqual({
      template: {
        none: 'Zehn',
        deAT: 'Zehn',
        cn: '减十元',
        hk: '十元',
        fr: 'Zehn',
        us: 'Ten',
        empty: 'Zehn',
        nothing: 'Zehn',
      },
    });
  });

  it('has a name in the first of Accept-Language that there is, where none is asked for', async () => {
    const names = [
      { language: 'de', name: 'Zehn' },
      { language: 'zh-CN', name: '减十元' },
      { language: 'en', name: 'Ten' },
    ];
    const { id } = await create({ ...LEAST, names });
    const query = `query ($id: ID!) { template(id: $id) { name fr: name(language: "fr") } }`;
    const nameIn = async (acceptLanguage: string) => {
      const headers = { 'accept-language': acceptLanguage };
      const { data } = await service.query(query, { id }, admin, headers);
      expect(data).toMatchObject({ template: { fr: 'Zehn' } });
      return (data!['template'] as { name: string }).name;
    };
    expect(await nameIn('fr, en;q=0.3, zh;q=0.7')).toBe('减十元');
    expect(await nameIn('en-US,en')).toBe('Ten');
    expect(await nameIn('fr')).toBe('Zehn');
    expect(await nameIn('*')).toBe('Zehn');
  });

  it('written badly names the field and changes nothing', async () => {
    const input = { ...LEAST, type: 'DIRECT_CUT', amount: yuan('5.001') };
    const { data, errors } = await service.query(CREATE, { input }, admin);
    expect(data).toBeNull();
    expect(errors[0]).toMatchObject({
      message: 'input.amount.amount: has more than the 2 fraction digits of CNY',
      extensions: { code: 'BAD_USER_INPUT', field: 'input.amount.amount' },
    });
  });

  it('goes through its review, and is seen by customers once it is ACTIVE', async () => {
    const { id } = await create(LEAST);
    const seen = async () =>
      (await service.query(READ, { id }, customer)).data?.['template'] ?? null;
    expect(await seen()).toBeNull();
    expect((await activate(id)).data).toMatchObject({
      activateTemplate: { template: { status: 'ACTIVE', version: 1 } },
    });
    expect(await seen()).toMatchObject({ id, status: 'ACTIVE' });
    const again = await move('activateTemplate', { id });
    expect(again.data).toMatchObject({
      activateTemplate: {
        code: 'ILLEGAL_TRANSITION',
        retryable: false,
        message: expect.stringContaining('ACTIVATE is not possible from ACTIVE') as string,
      },
    });
    await move('stopTemplate', { id, reason: 'over' });
    expect(await seen()).toMatchObject({ id, status: 'STOPPED' });
  });

  it('does not show a reward that is still a secret', async () => {
    const reward = await create(LEAST);
    const share = { acceptLimit: 3, rewardTemplateId: reward.id };
    const { id } = await create({ ...LEAST, claimMethod: 'SHARE', share });
    await activate(id);
    const rewardSeenBy = async (token: string) =>
      (await service.query<{ template: { share: object } }>(READ, { id }, token)).data!.template
        .share;
    expect(await rewardSeenBy(customer)).toEqual({ acceptLimit: 3, rewardTemplate: null });
    expect(await rewardSeenBy(admin)).toEqual({
      acceptLimit: 3,
      rewardTemplate: { id: reward.id },
    });
    await activate(reward.id);
    expect(await rewardSeenBy(customer)).toMatchObject({ rewardTemplate: { id: reward.id } });
  });

  it('has a history and counts for operators, and for nobody else', async () => {
    const { id } = await create(LEAST);
    await activate(id);
    const soon = Date.now() + 3_600_000;
    const over = Date.now() - 1_000;
    const coupons = await seedCoupons(
      service.stores.database,
      [soon, soon, over, soon, soon, over, soon, over].map((expiresAtMs, i) => ({
        templateId: id,
        userId: `user-${i}`,
        expiresAtMs,
      })),
    );
    const set = async (i: number, assignments: string) =>
      service.stores.database.transaction((sql) =>
        sql.change(`UPDATE coupon SET ${assignments} WHERE id = ?`, [coupons[i]!]),
      );
    await set(0, "channel = 'app'");
    await set(1, "status = 'USED', discount_minor = 1234, channel = 'app'");
    await set(3, "status = 'HELD', held_until = '2099-01-01'");
    await set(4, "status = 'HELD', held_until = '2020-01-01'");
    await set(5, "status = 'HELD', held_until = '2020-01-01'");
    await set(6, "status = 'FROZEN'");
    await set(7, "status = 'REVOKED'");
    const query = `query ($id: ID!) { template(id: $id) { history { at actor action from to details }
      stats { issued unused held used expired frozen revoked discountGiven { amount currency }
        byChannel { channel issued used } } } }`;
    const { data, errors } = await service.query<{ template: { history: object[] } }>(
      query,
      { id },
      admin,
    );
    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      template: {
        stats: {
          issued: 8,
          unused: 2,
          held: 1,
          used: 1,
          expired: 2,
          frozen: 1,
          revoked: 1,
          discountGiven: yuan('12.34'),
          byChannel: [
            {
              channel: '',
              issued: 6,
              used: 0,
            },
            {
              channel: 'app',
              issued: 2,
              used: 1,
            },
          ],
        },
      },
    });
    expect(data!.template.history).toHaveLength(4);
    expect(data!.template.history[2]).toMatchObject({
      at: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/) as string,
      actor: 'rolf',
      action: 'APPROVED',
      from: 'IN_REVIEW',
      to: 'APPROVED',
      details: {
        version: 1,
        reason: null,
      },
    });
    const refused = await service.query(query, { id }, customer);
    expect(refused.data).toEqual({ template: { history: null, stats: null } });
    expect(refused.errors.map(({ extensions }) => extensions.code)).toEqual([
      'FORBIDDEN',
      'FORBIDDEN',
    ]);
  });

  it('is listed for operators in pages, also where first is null', async () => {
    const query = `query ($first: Int, $after: String) { templates(first: $first, after: $after) {
      totalCount nodes { id } edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }`;
    interface Listed {
      readonly templates: {
        readonly nodes: { readonly id: string }[];
        readonly pageInfo: { readonly endCursor: string };
      };
    }
    const page = async (variables: object) =>
      (await service.query<Listed>(query, variables as Record<string, unknown>, admin)).data!
        .templates;
    const two = await page({ first: 2 });
    const next = await page({ first: 2, after: two.pageInfo.endCursor });
    const four = await page({ first: 4 });
    expect([...two.nodes, ...next.nodes]).toEqual(four.nodes);
    expect((await page({ first: null })).nodes).toEqual((await page({})).nodes);
    const bad = await service.query(query, { first: 101 }, admin);
    expect(bad.errors[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field: 'first' } });
  });
});
