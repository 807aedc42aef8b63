/** The HTTP face: which requests and documents are refused before anything of them runs. */
import { getIntrospectionQuery } from 'graphql';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/environment.js';
import { startService } from '../../src/service.js';
import { connectDatabase } from '../../src/storage/connect-database.js';
import { startMysqlProxy } from '../kit/mysql-proxy.js';
import { openStores } from '../kit/stores.js';
import { openHttp, type Http } from './http.js';

const QUERY = '{ claimableTemplates { totalCount } }';
const repeat = (count: number, part: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => part(i)).join(' ');

describe('a request', () => {
  let http: Http;
  beforeAll(async () => {
    http = await openHttp();
  });
  afterAll(() => http.close());

  const statementsOf = async (work: () => Promise<unknown>): Promise<string[]> => {
    const statements: string[] = [];
    const stop = http.stores.database.observe((sql) => statements.push(sql));
    await work();
    stop();
    return statements;
  };
  /** What is said to a document that is refused before anything of it runs. */
  const refusalOf = async (query: string): Promise<string> => {
    let said = '';
    const statements = await statementsOf(async () => {
      const { status, text, data } = await http.ask(query, {}, await http.token({ sub: 'anna' }));
      expect([status, data]).toEqual([400, null]);
      said = text;
    });
    expect(statements).toEqual([]);
    return said;
  };

  it('that is plain JSON over POST is answered, also without a token', async () => {
    const { status, data, errors } = await http.ask(QUERY);
    expect([status, errors]).toEqual([200, []]);
    expect(data).toEqual({ claimableTemplates: { totalCount: 0 } });
  });

  it('is told the language of the messages, and that the answer depends on it', async () => {
    const headersFor = async (language: string) =>
      (await http.post({ query: QUERY }, { 'accept-language': language })).headers;
    const chinese = { 'content-language': 'zh-CN', vary: 'authorization, accept-language' };
    expect(await headersFor('fr, zh-HK;q=0.8')).toMatchObject(chinese);
    expect(await headersFor('fr')).toMatchObject({ 'content-language': 'en' });
  });

  it('by GET, as text, as a form or as a list of several is refused', async () => {
    const url = `/graphql?query=${encodeURIComponent(QUERY)}`;
    expect((await http.server.inject({ method: 'GET', url })).statusCode).toBe(404);
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ])
      expect(
        (await http.post({ query: QUERY }, { 'content-type': type })).statusCode,
      ).toBeGreaterThanOrEqual(400);
    const batched = await http.post([{ query: QUERY }, { query: QUERY }]);
    expect(batched.statusCode).toBe(400);
    expect(batched.body).not.toContain('totalCount');
  });

  it.each([
    ['nothing', ''],
    ['half a body', '{"query": '],
    ['no query', '{}'],
    ['a query that is a number', '{"query": 5}'],
    ['variables that are text', `{"query": "${QUERY}", "variables": "x"}`],
  ])('with %s is refused without a word about the inside', async (_what, body) => {
    const response = await http.post(body);
    expect(response.statusCode).toBe(400);
    expect(response.body).not.toMatch(/node_modules|\/work|\.js:/);
  });

  it('with a body over the limit is 413, however little of it is the query', async () => {
    const large = await http.post({ query: QUERY, variables: { x: 'x'.repeat(512 * 1024) } });
    expect(large.statusCode).toBe(413);
    const fits = await http.post({ query: QUERY, variables: { x: 'x'.repeat(500 * 1024) } });
    expect(fits.statusCode).toBe(200);
  });

  it('with a token that is not good is 401 and runs nothing', async () => {
    const statements = await statementsOf(async () => {
      const { status, errors, data } = await http.ask(QUERY, {}, 'garbage');
      expect([status, data, errors[0]!.extensions.code]).toEqual([401, null, 'UNAUTHENTICATED']);
    });
    expect(statements).toEqual([]);
  });

  it('of more than 2,000 tokens is refused', async () => {
    const query = `{ myCoupons { nodes { ${repeat(2_000, () => 'id')} } } }`;
    expect(await refusalOf(query)).toMatch(/more tha[nt] 2000 tokens/);
  });

  it('deeper than twelve levels is refused, also through fragments', async () => {
    const depth = (levels: number) =>
      `${repeat(levels, () => 'nodes { owner { coupons {')} totalCount ${repeat(levels, () => '} } }')}`;
    expect(await refusalOf(`{ myCoupons { ${depth(5)} } }`)).toMatch(/depth/i);
    const next = (i: number) => `nodes { owner { coupons { ...F${i + 1} } } }`;
    const chain = repeat(5, (i) => `fragment F${i} on CouponConnection { ${next(i)} }`);
    const end = 'fragment F5 on CouponConnection { totalCount }';
    expect(await refusalOf(`{ myCoupons { ...F0 } } ${chain} ${end}`)).toMatch(/depth/i);
  });

  it('with more than thirty aliases is refused', async () => {
    const query = `{ ${repeat(31, (i) => `a${i}: myCoupons { totalCount }`)} }`;
    expect(await refusalOf(query)).toMatch(/alias/i);
  });

  it('with a flood of directives is refused', async () => {
    const query = `{ myCoupons ${repeat(60, () => '@include(if: true)')} { totalCount } }`;
    expect(await refusalOf(query)).toMatch(/directive/i);
  });

  it('with fragments that go in a circle is refused', async () => {
    const circle = `fragment A on CouponConnection { ...B } fragment B on CouponConnection { ...A }`;
    expect(await refusalOf(`{ myCoupons { ...A } } ${circle}`)).toMatch(/cannot spread/i);
  });

  it('takes five mutations and refuses six, and any that hide in a fragment', async () => {
    const one = (i: number) =>
      `m${i}: claimCoupon(input: {templateId: "x", idempotencyKey: "k${i}"}) { __typename }`;
    const token = await http.token({ sub: 'anna' });
    const five = await http.ask(`mutation { ${repeat(5, one)} }`, {}, token);
    expect([five.status, Object.keys(five.data!).length]).toEqual([200, 5]);
    expect(await refusalOf(`mutation { ${repeat(6, one)} }`)).toContain('At most 5 mutations');
    const fragment = `fragment F on Mutation { ${repeat(9, one)} }`;
    expect(await refusalOf(`mutation { ...F } ${fragment}`)).toContain('At most 5 mutations');
    expect(await refusalOf(`mutation { ... on Mutation { ${repeat(9, one)} } }`)).toContain(
      'At most 5 mutations',
    );
  });
});

describe('in production', () => {
  let http: Http;
  const SECRETS = [
    'the-routers-old-secret-of-32-characters',
    'the-routers-new-secret-of-32-characters',
  ];
  const asRouter = (query: string, token = '') => http.askAsRouter(SECRETS[1]!, query, {}, token);
  beforeAll(async () => {
    http = await openHttp({
      NODE_ENV: 'production',
      JWKS_URL: 'http://127.0.0.1:1/jwks',
      JWT_ISSUER: 'https://id.test',
      JWT_AUDIENCE: 'coupons',
      ROUTER_SECRETS: SECRETS.join(','),
      GUARD_KEY: 'a key of the guard, long enough to be one',
      DATA_KEYS: `k1:${'A'.repeat(43)}=`,
      CODE_KEYS: `k1:${'A'.repeat(43)}=`,
    });
  });
  afterAll(() => http.close());

  it('only the router may ask, and not even for the schema', async () => {
    for (const query of [QUERY, '{ _service { sdl } }', '{ __typename }']) {
      const refused = await http.ask(query);
      expect([refused.status, refused.data]).toEqual([401, null]);
      expect((await asRouter(query)).status).toBe(200);
    }
  });

  it('the schema is not shown, nor guessed at', async () => {
    const introspection = await asRouter(getIntrospectionQuery());
    expect([introspection.status, introspection.data]).toEqual([400, null]);
    for (const query of ['{ __schema { types { name } } }', '{ __type(name: "Coupon") { name } }'])
      expect((await asRouter(query)).status).toBe(400);
    const typo = await asRouter('{ claimableTemplate { totalCounts } }');
    expect(typo.status).toBe(400);
    expect(typo.text).not.toMatch(/did you mean|claimableTemplates/i);
  });

  it('a token that cannot be judged is 503 and can be tried again', async () => {
    const token = await http.token({ sub: 'anna' });
    const { status, errors } = await asRouter(QUERY, token);
    expect(status).toBe(503);
    expect(errors[0]!.extensions).toEqual({ code: 'UNAVAILABLE', retryable: true });
  });
});

describe('a running service', () => {
  it('is alive without MySQL, ready only with it, and counts what it does', async () => {
    const stores = await openStores();
    const proxy = await startMysqlProxy(stores.mysqlUrl);
    const database = await connectDatabase(proxy.url);
    const service = await startService({
      config: readConfig({ NODE_ENV: 'test', PORT: '0', ROLE: 'api' }),
      installation: {
        database,
        redis: stores.redis,
        sealer: stores.sealer,
        codeKeys: stores.codeKeys,
      },
      log: pino({ level: 'silent' }),
    });
    const get = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${service.port}${path}`);
      return {
        status: response.status,
        text: await response.text(),
        type: response.headers.get('content-type'),
      };
    };
    expect(await get('/readyz')).toMatchObject({ status: 200, text: '{"status":"ready"}' });
    const body = JSON.stringify({ query: QUERY });
    const headers = { 'content-type': 'application/json' };
    await fetch(`http://127.0.0.1:${service.port}/graphql`, { method: 'POST', body, headers });
    proxy.setDown(true);
    expect(await get('/readyz')).toMatchObject({ status: 503, text: '{"status":"not ready"}' });
    expect(await get('/healthz')).toMatchObject({ status: 200, text: '{"status":"alive"}' });
    proxy.setDown(false);
    expect((await get('/readyz')).status).toBe(200);
    const { text, type } = await get('/metrics');
    expect(type).toContain('text/plain');
    expect(text).toMatch(/^coupons_http_request_seconds_count\{status="2xx"\} [1-9]/m);
    expect(text).toMatch(/^coupons_http_request_seconds_count\{status="5xx"\} 1$/m);
    expect(text).toMatch(/^coupons_sql_statement_seconds_count\{kind="\w+"\} [1-9]/m);
    expect(text).toContain('# TYPE coupons_claims_total counter');
    expect(text).toContain('process_cpu_seconds_total');
    expect((await get('/nothing')).status).toBe(404);
    await service.stop();
    await database.close();
    await proxy.close();
    await stores.close();
  });
});
