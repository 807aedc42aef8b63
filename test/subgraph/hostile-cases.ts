/** Hostile requests as data, one line each. Every one must be refused in a typed way, or find nothing. */
import { createHmac } from 'node:crypto';
import { base64url, SignJWT, type CryptoKey, type JWTPayload } from 'jose';

export interface Hostile {
  readonly name: string;
  /** Sent as it is. */
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly path?: string;
}

const repeat = (count: number, part: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => part(i)).join(' ');
export const asked = (query: string, variables: object = {}) =>
  JSON.stringify({ query, variables });
const QUERY = '{ myCoupons { totalCount } }';
export const EVIL = [
  "' OR 1=1 --",
  '"; DROP TABLE coupon; --',
  '${7*7}',
  '../../etc/passwd',
  '%00',
  '\0',
  '🎟️',
  '<script>',
];

/** What a token may not be; `good` is one that is. */
export async function tokenCases(good: string, key: CryptoKey, issuer: string): Promise<Hostile[]> {
  const now = Math.floor(Date.now() / 1_000);
  const claims = { sub: 'anna', iss: issuer, aud: 'coupons', iat: now, exp: now + 600 };
  const sign = (more: JWTPayload, header: object = {}) =>
    new SignJWT(JSON.parse(JSON.stringify({ ...claims, ...more })) as JWTPayload)
      .setProtectedHeader({ alg: 'EdDSA', kid: 'local', typ: 'JWT', ...header })
      .sign(key);
  const encode = (value: object) => base64url.encode(JSON.stringify(value));
  const hmac = (secret: string, alg = 'HS256') => {
    const text = `${encode({ alg, kid: 'local', typ: 'JWT' })}.${encode(claims)}`;
    return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
  };
  const [header = '', payload = '', signature = ''] = good.split('.');
  const wrongClaims: [string, JWTPayload][] = [
    ...[now - 60, 0, -1, null, '9999999999', {}, []].map(
      (exp) => [`exp ${JSON.stringify(exp)}`, { exp: exp as number }] as [string, JWTPayload],
    ),
    ...[now + 600, 1e300, 'soon', {}].map(
      (nbf) => [`nbf ${JSON.stringify(nbf)}`, { nbf: nbf as number }] as [string, JWTPayload],
    ),
    ...[undefined, now + 600, 0, 'then', null].map(
      (iat) => [`iat ${JSON.stringify(iat)}`, { iat: iat as number }] as [string, JWTPayload],
    ),
    ...['', 'https://evil.test', `${issuer}/`, issuer.toUpperCase(), null].map(
      (iss) => [`iss ${iss}`, { iss: iss as string }] as [string, JWTPayload],
    ),
    ...['', 'orders', ['orders'], [], 'COUPONS', null].map(
      (aud) => [`aud ${JSON.stringify(aud)}`, { aud: aud as string }] as [string, JWTPayload],
    ),
    ...['', ' ', 'a b', 'änna', 'x'.repeat(129), 5, null, {}, ['anna'], "' OR 1=1"].map(
      (sub) =>
        [`sub ${JSON.stringify(sub).slice(0, 20)}`, { sub: sub as string }] as [string, JWTPayload],
    ),
    ...[5, {}, [5], null].map(
      (scope) => [`scope ${JSON.stringify(scope)}`, { scope }] as [string, JWTPayload],
    ),
  ];
  const wrongHeaders: object[] = [
    { typ: 'logout+jwt' },
    { typ: '' },
    { typ: undefined },
    { kid: '../../token-key.json' },
    { kid: "' OR 1=1" },
    { kid: 'x'.repeat(1_000) },
    { kid: '\0' },
    { jwk: { kty: 'OKP' } },
    { jku: 'http://127.0.0.1:1/' },
    { x5u: 'file:///etc/passwd' },
    { x5c: ['MIIB'] },
  ];
  const tokens: [string, string][] = [
    ...(await Promise.all(
      wrongClaims.map(async ([name, more]): Promise<[string, string]> => [name, await sign(more)]),
    )),
    ...(await Promise.all(
      wrongHeaders.map(async (more): Promise<[string, string]> => [
        `header ${JSON.stringify(more).slice(0, 40)}`,
        await sign({}, more),
      ]),
    )),
    ...['none', 'None', 'NONE', 'nOnE', '', 'HS256', 'ES256', 'RS256', 'PS256', 'ES512'].map(
      (alg): [string, string] => [
        `alg ${alg}`,
        `${encode({ alg, kid: 'local', typ: 'JWT' })}.${payload}.${signature}`,
      ],
    ),
    ...['', 'secret', 'coupons', payload, header].map((secret): [string, string] => [
      `HMAC with ${secret.slice(0, 10)}`,
      hmac(secret),
    ]),
    ['no signature', `${header}.${payload}.`],
    ['two parts', `${header}.${payload}`],
    ['four parts', `${good}.${signature}`],
    ['twice', good + good],
    ['cut', good.slice(0, -3)],
    [
      'another payload',
      `${header}.${encode({ ...claims, sub: 'olga', scope: 'coupons:admin' })}.${signature}`,
    ],
    ['100 kB', 'a'.repeat(7_000)],
    ['dots', '.'.repeat(500)],
    ['JSON', '{"sub":"anna"}'],
  ];
  const body = asked(QUERY);
  return tokens.map(([name, token]) => ({
    name: `token: ${name}`,
    body,
    headers: { authorization: `Bearer ${token}` },
  }));
}

export function shapeCases(): Hostile[] {
  const deep = (n: number, open: string) =>
    `${repeat(n, () => `${open} {`)} totalCount ${repeat(n, () => '}')}`;
  const documents: [string, string][] = [
    ...[31, 100, 300].map((n): [string, string] => [
      `${n} aliases`,
      `{ ${repeat(n, (i) => `a${i}: myCoupons { totalCount }`)} }`,
    ]),
    ...[13, 50, 400].map((n): [string, string] => [
      `${n} deep`,
      `{ myCoupons { ${repeat(n, () => 'nodes { owner { coupons {')} totalCount ${repeat(n, () => '} } }')} } }`,
    ]),
    ...[11, 60, 500].map((n): [string, string] => [
      `${n} directives`,
      `{ myCoupons ${repeat(n, () => '@include(if: true)')} { totalCount } }`,
    ]),
    ...[11, 60].map((n): [string, string] => [
      `${n} unknown directives`,
      `{ myCoupons ${repeat(n, (i) => `@x${i}`)} { totalCount } }`,
    ]),
    ...[2_001, 20_000, 100_000].map((n): [string, string] => [
      `${n} tokens`,
      `{ myCoupons { nodes { ${repeat(n, () => 'id')} } } }`,
    ]),
    ...[10, 30, 60].map((n): [string, string] => [
      `a bomb of ${n} fragments`,
      `{ myCoupons { nodes { template { ...F0 } } } } ${repeat(n, (i) => `fragment F${i} on Template { ...F${i + 1} ...F${i + 1} x: nothing }`)} fragment F${n} on Template { id }`,
    ]),
    ...[2, 5, 50].map((n): [string, string] => [
      `a circle of ${n} fragments`,
      `{ myCoupons { ...F0 } } ${repeat(n, (i) => `fragment F${i} on CouponConnection { ...F${(i + 1) % n} }`)}`,
    ]),
    ...[6, 50].map((n): [string, string] => [
      `${n} mutations`,
      `mutation { ${repeat(n, (i) => `m${i}: stopTemplate(input: {id: "x"}) { __typename }`)} }`,
    ]),
    ...[6, 50].map((n): [string, string] => [
      `${n} mutations in a fragment`,
      `mutation { ...F } fragment F on Mutation { ${repeat(n, (i) => `m${i}: stopTemplate(input: {id: "x"}) { __typename }`)} }`,
    ]),
    ...[100, 1_000, 2_147_483_647].map((n): [string, string] => [
      `pages of ${n} in pages`,
      `{ myCoupons(first: ${n}) { nodes { owner { coupons(first: ${n}) { nodes { template { names { name } } } } } } } }`,
    ]),
    ...[-1, 101, 2_147_483_648, 1e20].map((n): [string, string] => [
      `a page of ${n}`,
      `{ myCoupons(first: ${n}) { totalCount } }`,
    ]),
    ...['1.5', '"x"', 'true', '[1]', '{a: 1}', 'ACTIVE', '$x'].map((v): [string, string] => [
      `a page of ${v}`,
      `{ myCoupons(first: ${v}) { totalCount } }`,
    ]),
    ...[
      '',
      ' ',
      '{',
      '}',
      '{ }',
      '{{',
      'query',
      'query {',
      '#',
      '"""',
      '\u0000',
      '{ a(b: "',
      '...',
      '$',
      'subscription { x }',
      'type A { b: Int }',
      'extend type Query { a: Int }',
    ].map((q): [string, string] => [`the document ${JSON.stringify(q)}`, q]),
    ...['myCoupon', 'SELECT', '__proto__', 'constructor', 'toString', '_service', '__type'].map(
      (f): [string, string] => [`the field ${f}`, `{ ${f} }`],
    ),
    ['two operations, none named', `query A ${QUERY} query B ${QUERY}`],
    ['the same name twice', `query A ${QUERY} query A ${QUERY}`],
    ['a fragment nobody spreads', `${QUERY} fragment F on Coupon { id }`],
    [
      'a fragment of a union on a leaf',
      '{ myCoupons { totalCount { ...F } } } fragment F on Coupon { id }',
    ],
    ['an undefined variable', '{ coupon(id: $id) { id } }'],
    ['fields that conflict', '{ myCoupons { x: totalCount x: pageInfo { hasNextPage } } }'],
    [
      'a fragment named __schema',
      `{ myCoupons { ...__schema } } fragment __schema on CouponConnection { ${deep(20, 'nodes { owner { coupons')} } }`,
    ],
  ];
  return documents.map(([name, query]) => ({ name: `shape: ${name}`, body: asked(query) }));
}

export function codeCases(): Hostile[] {
  const codes = [
    ...EVIL,
    '',
    ' ',
    'A',
    'AAAAAAAAAAAAAAAA',
    '0000000000000000',
    'ILOUILOUILOUILOU',
    'x'.repeat(10_000),
    '1234-5678-9012-3456',
    'ａａａａ',
    'A'.repeat(15),
    'A'.repeat(17),
    ...Array.from({ length: 10 }, (_, i) => `H383SN1JE4NFXC${String(i).padStart(2, '0')}`),
  ];
  return codes.flatMap((code) => [
    {
      name: `code: ask ${JSON.stringify(code.slice(0, 20))}`,
      body: asked('query ($code: String!) { couponByCode(code: $code) { id } }', { code }),
    },
    {
      name: `code: claim ${JSON.stringify(code.slice(0, 20))}`,
      body: asked(
        'mutation ($i: ClaimByCodeInput!) { claimByCode(input: $i) { __typename ... on Rejection { code } } }',
        { i: { code, idempotencyKey: 'k' } },
      ),
    },
  ]);
}

export function numberCases(): Hostile[] {
  const amounts: unknown[] = [
    '-1',
    '-0.01',
    '1e3',
    '1E400',
    'NaN',
    'Infinity',
    '0x10',
    '1,00',
    '1.',
    '.5',
    '1.005',
    '١',
    ' 1',
    '1 ',
    '',
    'x',
    '9'.repeat(400),
    `0.${'9'.repeat(400)}`,
    0,
    1,
    -1,
    1.5,
    1e308,
    2_147_483_648,
    true,
    null,
    [],
    {},
    ['1.00'],
    { $gt: 0 },
    ...EVIL,
  ];
  const quantities: unknown[] = [
    0,
    -1,
    1.5,
    2_147_483_648,
    1e300,
    '1',
    'x',
    null,
    true,
    [],
    {},
    -2_147_483_649,
    1_000_001,
  ];
  const currencies: unknown[] = ['', 'cny', 'XXX1', 'BTC', 5, null, {}, '¥', ...EVIL];
  const dates: unknown[] = [
    '',
    'now',
    '2026-13-01T00:00:00Z',
    '2026-02-31T00:00:00Z',
    0,
    '+999999-01-01T00:00:00Z',
    null,
    {},
  ];
  const quote = (line: object, currency: unknown = 'CNY') =>
    asked('query ($i: QuoteDiscountInput!) { quoteDiscount(input: $i) { id } }', {
      i: {
        currency,
        lines: [
          {
            lineId: 'l',
            productId: 'p',
            categoryIds: [],
            unitPrice: { amount: '1.00', currency: 'CNY' },
            quantity: 1,
            ...line,
          },
        ],
      },
    });
  const name = (what: string, value: unknown) =>
    `number: ${what} ${JSON.stringify(value).slice(0, 30)}`;
  return [
    ...amounts.map((amount) => ({
      name: name('amount', amount),
      body: quote({ unitPrice: { amount, currency: 'CNY' } }),
    })),
    ...quantities.map((quantity) => ({
      name: name('quantity', quantity),
      body: quote({ quantity }),
    })),
    ...currencies.map((currency) => ({
      name: name('currency', currency),
      body: quote({}, currency),
    })),
    ...dates.map((at) => ({
      name: name('date', at),
      body: asked(
        'mutation ($i: CustomerEventInput!) { recordCustomerEvent(input: $i) { __typename ... on Rejection { code } } }',
        { i: { eventId: 'e', type: 'REGISTERED', userId: 'u', occurredAt: at } },
      ),
    })),
  ];
}

export function headerCases(): Hostile[] {
  const body = asked(QUERY);
  const nobody = { authorization: '' };
  const forged = [
    'x-user-id',
    'x-authenticated-user',
    'x-forwarded-user',
    'x-scopes',
    'x-apollo-user',
    'remote-user',
    'cookie',
    'x-original-url',
    'x-http-method-override',
    'x-amzn-oidc-identity',
    'x-goog-authenticated-user-email',
    'x-router-proof',
  ];
  const types = [
    '',
    'text/plain',
    'text/html',
    'application/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/graphql',
    'application/octet-stream',
    'application/json;charset=utf-16',
    'application',
    '*/*',
  ];
  const methods = ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'];
  const schemes = [
    'Basic YTpi',
    'Bearer',
    'Bearer ',
    'Digest x',
    'bearer a b',
    'Token x',
    'null',
    'undefined',
    'Bearer null',
    'Bearer undefined',
    'Bearer {}',
  ];
  const paths = [
    '/graphql/',
    '/GRAPHQL',
    '/graphql/../graphql2',
    '/graphql%00',
    '//graphql',
    '/.env',
    '/admin',
    '/%2e%2e/etc/passwd',
    '/graphql/graphql',
  ];
  return [
    ...forged.map((header) => ({
      name: `header: ${header}`,
      body,
      headers: { ...nobody, [header]: 'olga' },
    })),
    ...types.map((type) => ({
      name: `content type: ${type}`,
      body: type.startsWith('application/json') ? 'x' : body,
      headers: { 'content-type': type },
    })),
    ...methods.map((method) => ({
      name: `method: ${method}`,
      method,
      body: method === 'GET' || method === 'TRACE' ? '' : body,
    })),
    ...schemes.map((authorization) => ({
      name: `authorization: ${authorization}`,
      body,
      headers: { authorization },
    })),
    ...paths.map((path) => ({ name: `path: ${path}`, path, body })),
  ];
}

export function jsonCases(): Hostile[] {
  const bodies = [
    '',
    'x',
    '{',
    '}',
    '[]',
    '[[]]',
    'null',
    'true',
    '5',
    '"x"',
    '{}',
    '{"query"}',
    "{'query': 'x'}",
    '{"query":5}',
    '{"query":null}',
    '{"query":["x"]}',
    '{"query":{}}',
    `[${asked(QUERY)}]`,
    `[${asked(QUERY)},${asked(QUERY)}]`,
    `{"query":"${QUERY}","variables":"x"}`,
    `{"query":"${QUERY}","variables":[]}x`,
    `{"query":"${QUERY}","operationName":{}}`,
    `{"query":"${QUERY}","operationName":"Nobody"}`,
    `{"query":"${QUERY}","extensions":"x"}`,
    `{"query":"${QUERY}","__proto__":{"x":1}}`,
    `{"query":"${QUERY}","constructor":{"prototype":{"x":1}}}`,
    '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}',
    '['.repeat(100_000),
    `{"query":"x","variables":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
    '{"a":'.repeat(50_000),
    `{"query":"${'x'.repeat(600_000)}"}`,
    `\u{FEFF}{`,
    '{"query":"\\ud800"}',
    `{"query":"{ coupon(id: 1e400) { id } }"}`,
  ];
  return bodies.map((body) => ({ name: `JSON: ${body.slice(0, 40)} (${body.length})`, body }));
}

export function representationCases(): Hostile[] {
  const query = `query ($r: [_Any!]!) { _entities(representations: $r) { __typename ... on Coupon { id } ... on Order { discountQuote { id } } } }`;
  const order = {
    __typename: 'Order',
    id: 'o',
    currency: 'CNY',
    customerId: 'anna',
    lines: [
      {
        id: 'l',
        productId: 'p',
        categoryIds: [],
        unitPrice: { amount: '1.00', currency: 'CNY' },
        quantity: 1,
      },
    ],
  };
  const one: unknown[] = [
    null,
    5,
    'Coupon',
    [],
    {},
    { __typename: 'Coupon' },
    { __typename: 5, id: 'x' },
    { __typename: null, id: 'x' },
    { __typename: 'Payment', id: 'x' },
    { __typename: '__proto__', id: 'x' },
    { __typename: 'constructor', id: 'x' },
    { __typename: 'Query', id: 'x' },
    { __typename: '_Service', id: 'x' },
    { __typename: 'Redemption', id: 'x' },
    { __typename: 'Coupon', id: 5 },
    { __typename: 'Coupon', id: null },
    { __typename: 'Coupon', id: { $ne: null } },
    { __typename: 'Coupon', id: ['x'] },
    ...EVIL.map((id) => ({ __typename: 'Coupon', id })),
    { __typename: 'Coupon', id: 'x'.repeat(100_000) },
    { ...order, currency: {} },
    { ...order, currency: 'XXX1' },
    { ...order, customerId: 'otto' },
    { ...order, customerId: {} },
    { ...order, lines: 'all' },
    { ...order, lines: [] },
    { ...order, lines: [{}] },
    { ...order, lines: [{ ...order.lines[0], quantity: -1 }] },
    { ...order, lines: [{ ...order.lines[0], quantity: 1e300 }] },
    { ...order, lines: Array.from({ length: 2_000 }, () => order.lines[0]) },
    { ...order, lines: [{ ...order.lines[0], unitPrice: { amount: '-5', currency: 'CNY' } }] },
    { ...order, lines: [order.lines[0], order.lines[0]] },
  ];
  const many = [101, 1_001, 5_000].map((n) =>
    Array.from({ length: n }, () => ({ __typename: 'Coupon', id: 'x' })),
  );
  return [...one.map((r) => [r]), ...many].map((r) => ({
    name: `representation: ${JSON.stringify(r).slice(0, 60)} (${r.length})`,
    body: asked(query, { r }),
  }));
}
