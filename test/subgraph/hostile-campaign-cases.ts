/**
 * Hostile input for what operators and other services ask: codes, shares, grants, customer events, webhooks,
 * erasures, simulations, numbers. Callers may ask; it is the input that must be refused, field by field.
 */
import { asked, EVIL, type Hostile } from './hostile-cases.js';

export interface Tokens {
  readonly admin: string;
  readonly events: string;
}

type Values = Readonly<Record<string, readonly unknown[]>>;

const LONG = 'x'.repeat(10_000);
/** Not of the type that is asked for. */
const TYPES = [null, true, 1.5, {}, { $ne: null }, ['a', 'b'], [[]]];
/** No id of ours or from outside. */
const NO_IDS = ['', ' ', 'a b', 'änna', 'x'.repeat(129), '🎟️', '\0', LONG, ...TYPES];
const NO_KEYS = ['', 'x'.repeat(256), LONG, ...TYPES];
const NO_REASONS = ['x'.repeat(501), LONG, ...TYPES];
const NO_COUNTS = [0, -1, 2_147_483_648, 1e300, '1', 'x', null, {}, []];
const UNKNOWN_IDS = [...NO_IDS, ...EVIL, '__proto__', '0'.repeat(26)];

const NO_URLS = [
  'http://hooks.example.org/',
  'ftp://hooks.example.org/',
  'file:///etc/passwd',
  'gopher://hooks.example.org/',
  'javascript:alert(1)',
  'data:text/plain,x',
  '//hooks.example.org/',
  'hooks.example.org',
  'https://',
  'https://localhost/',
  'https://localhost./',
  'https://LOCALHOST/',
  'https://127.0.0.1/',
  'https://127.1/',
  'https://0/',
  'https://0x7f.0.0.1/',
  'https://0177.0.0.1/',
  'https://2130706433/',
  'https://10.0.0.1/',
  'https://172.16.0.1/',
  'https://192.168.0.1/',
  'https://100.64.0.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://168.63.129.16/',
  'https://255.255.255.255/',
  'https://224.0.0.1/',
  'https://[::1]/',
  'https://[::]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[2002:7f00:1::]/',
  'https://[fe80::1]/',
  'https://[fd00::1]/',
  'https://mysql/',
  'https://db.internal/',
  'https://printer.local/',
  'https://user:password@hooks.example.org/',
  'https://user@hooks.example.org/',
  'https://hooks.example.org:22/',
  'https://hooks.example.org:3306/',
  'https://hooks.example.org/#fragment',
  `https://hooks.example.org/${'x'.repeat(2_048)}`,
  '',
  ...EVIL,
  ...TYPES,
];

/** One case for each field with each of its values, beside an input that is well-formed. */
function each(
  mutation: string,
  input: string,
  base: object,
  values: Values,
  token = '',
): Hostile[] {
  const query = `mutation ($input: ${input}!) { ${mutation}(input: $input) { __typename ... on Rejection { code } } }`;
  const cases = Object.entries(values).flatMap(([field, some]) =>
    some.map((value) => [field, value, { ...base, [field]: value }] as const),
  );
  const whole = [null, [], 'x', {}, { ...base, unknown: 1 }].map(
    (value) => ['input', value, value] as const,
  );
  return [...cases, ...whole].map(([field, value, sent]) => ({
    name: `${mutation}: ${field} ${JSON.stringify(value)?.slice(0, 40)}`,
    body: asked(query, { input: sent }),
    ...(token === '' ? {} : { headers: { authorization: `Bearer ${token}` } }),
  }));
}

function codes({ admin }: Tokens): Hostile[] {
  const base = { templateId: 'nothing', count: 1, idempotencyKey: 'k' };
  const action = { id: 'nothing', reason: 'r' };
  const words = ['abc', 'x'.repeat(16), 'ＡＢＣＤ', 'ÄÖÜß', ...EVIL, ...TYPES.slice(1)];
  return [
    ...each(
      'generateCodes',
      'GenerateCodesInput',
      base,
      {
        templateId: UNKNOWN_IDS,
        count: [...NO_COUNTS, 10_000_001],
        prefix: ['x'.repeat(9), ...words],
        vanityCode: words,
        idempotencyKey: NO_KEYS,
      },
      admin,
    ),
    ...each(
      'stopBatch',
      'CouponActionInput',
      action,
      { id: UNKNOWN_IDS, reason: NO_REASONS },
      admin,
    ),
  ];
}

function shares(): Hostile[] {
  const base = { token: 'nothing', idempotencyKey: 'k' };
  return [
    ...each('createShare', 'CreateShareInput', {}, { templateId: UNKNOWN_IDS }),
    ...each('acceptShare', 'AcceptShareInput', base, {
      token: [...UNKNOWN_IDS, 't'.repeat(22), 't'.repeat(21)],
      idempotencyKey: NO_KEYS,
      channel: [...EVIL, 'x'.repeat(129), ...TYPES.slice(1)],
      deviceId: ['x'.repeat(300), ...TYPES.slice(1)],
      verificationToken: ['x'.repeat(2_049), ...TYPES.slice(1)],
    }),
  ];
}

function grants({ admin }: Tokens): Hostile[] {
  const base = { templateId: 'nothing', userIds: ['anna'], reason: 'r', idempotencyKey: 'k' };
  const action = { id: 'nothing', reason: 'r' };
  const lists = [
    [],
    [[]],
    [null],
    ['anna', null],
    [''],
    ['a b'],
    ['änna'],
    ['x'.repeat(129)],
    [{}],
  ];
  const many = Array.from({ length: 1_001 }, (_, i) => `user-${i}`);
  return [
    ...each(
      'grantCoupons',
      'GrantCouponsInput',
      base,
      {
        templateId: UNKNOWN_IDS,
        userIds: [null, {}, true, many, ...lists],
        reason: ['', ...NO_REASONS],
        idempotencyKey: NO_KEYS,
      },
      admin,
    ),
    ...each(
      'stopGrant',
      'CouponActionInput',
      action,
      { id: UNKNOWN_IDS, reason: NO_REASONS },
      admin,
    ),
    ...uploads(admin),
  ];
}

/** The list of a grant as it is sent by itself. */
function uploads(admin: string): Hostile[] {
  const query = 'templateId=nothing&reason=r&idempotencyKey=k';
  const post = (
    name: string,
    body: string,
    headers: Readonly<Record<string, string>> = {},
    asks = query,
  ): Hostile => ({
    name: `upload: ${name}`,
    path: `/grants${asks === '' ? '' : `?${asks}`}`,
    body,
    headers: { authorization: `Bearer ${admin}`, 'content-type': 'text/csv', ...headers },
  });
  const bodies = ['', 'x', 'name\nanna\n', '"', 'userId\n"anna', `userId\n${'a'.repeat(5_000)}\n`];
  const lines = [
    '{',
    '[]',
    '5',
    'null',
    '{"userId":5}',
    '{"__proto__":{"userId":"a"}}',
    '\0',
    '"a b"',
  ];
  const types = ['', 'text/plain', 'application/json', 'text/csv, text/csv', 'multipart/form-data'];
  const queries = [
    '',
    'templateId=nothing',
    `${query}&templateId=other`,
    `${query}&more=1`,
    'templateId[]=x&reason=r&idempotencyKey=k',
    `templateId=nothing&reason=${'x'.repeat(501)}&idempotencyKey=k`,
    'templateId=nothing&reason=r&idempotencyKey=',
    'templateId=%00&reason=r&idempotencyKey=k',
  ];
  const digests = ['x', 'sha-256=:x:', 'md5=:x:', `sha-256=:${'A'.repeat(43)}=:`];
  return [
    ...bodies.map((body) => post(`CSV ${body.slice(0, 20)}`, body)),
    ...lines.map((body) =>
      post(`NDJSON ${body}`, body, { 'content-type': 'application/x-ndjson' }),
    ),
    ...types.map((type) =>
      post(`content type ${type}`, 'userId\nanna\n', { 'content-type': type }),
    ),
    post('nothing at all', '', { 'content-type': '' }),
    ...queries.map((asks) => post(`query ${asks.slice(0, 40)}`, 'userId\nanna\n', {}, asks)),
    ...digests.map((digest) =>
      post(`digest ${digest.slice(0, 20)}`, 'userId\nanna\n', { 'content-digest': digest }),
    ),
    {
      ...post('nobody', 'userId\nanna\n'),
      headers: { authorization: '', 'content-type': 'text/csv' },
    },
  ];
}

function customerEvents({ events }: Tokens): Hostile[] {
  const base = {
    eventId: 'e',
    type: 'REGISTERED',
    userId: 'u',
    occurredAt: '2020-01-01T00:00:00Z',
  };
  const days = ['1990-02-30', '13-01', '00-00', '1-1', '1990-1-1', '02-30', '1990-01-01T00:00:00Z'];
  const zones = ['Mars/Olympus', '+25:00', 'x'.repeat(65), '../../etc/passwd', '', ...EVIL];
  return each(
    'recordCustomerEvent',
    'CustomerEventInput',
    base,
    {
      eventId: NO_KEYS,
      type: ['', 'DELETED', 'registered', '__proto__', ...TYPES],
      userId: NO_IDS,
      occurredAt: ['2999-01-01T00:00:00Z', '2020-02-30T00:00:00Z', 'x', '', ...TYPES],
      birthday: ['', 'x', ...days, ...EVIL, ...TYPES.slice(1)],
      level: ['', 'a b', 'x'.repeat(129), ...TYPES.slice(1)],
      timeZone: [...zones, ...TYPES.slice(1)],
    },
    events,
  );
}

function webhooks({ admin }: Tokens): Hostile[] {
  const base = { url: 'http://never.example.org/', types: ['coupon.claimed'] };
  const types = [['nothing.of.this'], ['*'], [''], [null], {}, Array(51).fill('coupon.claimed')];
  const change = { id: 'nothing', expectedVersion: 1, url: 'https://hooks.example.org/' };
  const action = { id: 'nothing', reason: 'r' };
  const byId = ['rotateWebhookSecret', 'replayDeadLetter'].flatMap((mutation) =>
    UNKNOWN_IDS.map((id) => ({
      name: `${mutation}: ${JSON.stringify(id)?.slice(0, 40)}`,
      body: asked(
        `mutation ($id: ID!) { ${mutation}(id: $id) { __typename ... on Rejection { code } } }`,
        { id },
      ),
      headers: { authorization: `Bearer ${admin}` },
    })),
  );
  return [
    ...each(
      'createWebhookEndpoint',
      'CreateWebhookEndpointInput',
      base,
      { url: NO_URLS, types },
      admin,
    ),
    ...each(
      'updateWebhookEndpoint',
      'UpdateWebhookEndpointInput',
      change,
      { id: UNKNOWN_IDS, url: NO_URLS, expectedVersion: NO_COUNTS },
      admin,
    ),
    ...['disable', 'enable', 'delete'].flatMap((verb) =>
      each(
        `${verb}WebhookEndpoint`,
        'WebhookEndpointActionInput',
        action,
        { id: UNKNOWN_IDS, reason: NO_REASONS },
        admin,
      ),
    ),
    ...byId,
  ];
}

function erasures({ admin }: Tokens): Hostile[] {
  // Every case is refused for its own field, or for the missing reason: nobody is erased.
  const base = { userId: 'nobody', reason: '', idempotencyKey: 'k' };
  return each(
    'eraseUser',
    'EraseUserInput',
    base,
    { userId: NO_IDS, reason: ['', ...NO_REASONS], idempotencyKey: NO_KEYS },
    admin,
  );
}

function simulations({ admin }: Tokens): Hostile[] {
  const unitPrice = { amount: '1.00', currency: 'CNY' };
  const line = { lineId: 'l', productId: 'p', categoryIds: [], unitPrice, quantity: 1 };
  const order = (more: object) => ({ currency: 'CNY', lines: [line], ...more });
  const template = {
    names: [{ language: 'en', name: 'x' }],
    type: 'DIRECT_CUT',
    currency: 'CNY',
    amount: { amount: '1.00', currency: 'CNY' },
    validity: { days: 1 },
    claimFrom: '2026-01-01T00:00:00Z',
    claimUntil: '2027-01-01T00:00:00Z',
  };
  const orders = [
    order({ lines: [] }),
    order({ lines: [{ ...line, quantity: -1 }] }),
    order({ lines: [{ ...line, unitPrice: { amount: '-1', currency: 'CNY' } }] }),
    order({ lines: [line, line] }),
    order({ currency: 'XXX1' }),
    order({ heldTemplateIds: ['nothing'] }),
    order({ heldTemplateIds: Array(21).fill('nothing') }),
  ];
  const drafts = [
    { ...template, amount: null },
    { ...template, amount: { amount: '1.005', currency: 'CNY' } },
    { ...template, amount: { amount: '1.00', currency: 'USD' } },
    { ...template, rate: '0.5' },
    { ...template, type: 'RED_PACKET' },
    { ...template, names: [] },
    { ...template, validity: {} },
    { ...template, claimUntil: template.claimFrom },
    { ...template, audience: Array.from({ length: 10_001 }, (_, i) => `u${i}`) },
    { ...template, id: 'x' },
  ];
  const times = [{ from: '2026-01-01T00:00:00Z' }, { until: '2026-01-01T00:00:00Z' }];
  const backwards = { from: '2027-01-01T00:00:00Z', until: '2026-01-01T00:00:00Z' };
  const inputs = [
    ...orders.map((one) => ({ template, orders: [one] })),
    ...drafts.map((one) => ({ template: one, orders: [] })),
    { template, orders: Array(1_001).fill(order({ lines: [] })) },
    { template },
    { orders: [] },
    { template, templateId: 'nothing', orders: [] },
    { template, orders: [], ...backwards },
    { template, ...backwards },
    ...times.map((time) => ({ template, ...time })),
  ];
  const query = `mutation ($input: SimulateTemplateInput!) { simulateTemplate(input: $input) {
    __typename ... on Rejection { code } } }`;
  return [
    ...each(
      'simulateTemplate',
      'SimulateTemplateInput',
      { orders: [] },
      { templateId: UNKNOWN_IDS, template: [true, 'x', {}, []] },
      admin,
    ),
    ...inputs.map((input) => ({
      name: `simulateTemplate: ${JSON.stringify(input).slice(-60)}`,
      body: asked(query, { input }),
      headers: { authorization: `Bearer ${admin}` },
    })),
  ];
}

function numbers({ admin }: Tokens): Hostile[] {
  const headers = { authorization: `Bearer ${admin}` };
  const shares = [0, -1, 1.01, 1e300, '0.1', 'x', {}, []];
  return [
    ...UNKNOWN_IDS.map((name) => ({
      name: `experiment: ${JSON.stringify(name)?.slice(0, 40)}`,
      body: asked('query ($n: String!) { experiment(name: $n) { name } }', { n: name }),
      headers,
    })),
    ...shares.map((below) => ({
      name: `alerts: ${JSON.stringify(below)}`,
      body: asked('query ($b: Float) { alerts(lowStockBelow: $b) { kind } }', { b: below }),
      headers,
    })),
  ];
}

export function campaignCases(tokens: Tokens): Record<string, readonly Hostile[]> {
  return {
    'a code or a share': [...codes(tokens), ...shares()],
    'a list of a grant': grants(tokens),
    'what is told of a customer': customerEvents(tokens),
    'where a webhook goes': webhooks(tokens),
    'an erasure, a simulation or a number': [
      ...erasures(tokens),
      ...simulations(tokens),
      ...numbers(tokens),
    ],
  };
}
