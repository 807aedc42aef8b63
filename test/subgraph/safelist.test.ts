/** Persisted operations: what is answered where a manifest is configured. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/environment.js';
import { readSafelist } from '../../src/subgraph/safelist.js';
import { openHttp, type Http } from './http.js';

const SECRET = 'the-routers-secret-of-this-very-test';
const WALLET = 'query Wallet { ...W }\nfragment W on Query { myCoupons { totalCount } }';
const CLAIM =
  'mutation Claim($input: ClaimCouponInput!) { claimCoupon(input: $input) { __typename } }';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const manifestOf = (...bodies: string[]) => ({
  format: 'apollo-persisted-query-manifest',
  version: 1,
  operations: bodies.map((body) => ({ id: sha256(body), name: 'x', type: 'query', body })),
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coupons-safelist-'));
});
afterAll(() => rm(folder, { recursive: true }));
const write = async (name: string, content: unknown): Promise<string> => {
  const file = join(folder, name);
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};

describe('a manifest', () => {
  it('says which documents and which root fields are used', async () => {
    const { hashes, rootFields } = await readSafelist(
      await write('good', manifestOf(WALLET, CLAIM)),
    );
    expect([...hashes]).toEqual([sha256(WALLET), sha256(CLAIM)]);
    expect([...rootFields]).toEqual(['query myCoupons', 'mutation claimCoupon']);
  });

  it.each<[string, unknown]>([
    ['of another form', { format: 'other', version: 1, operations: [] }],
    ['of another version', { ...manifestOf(), version: 2 }],
    ['that is no JSON', '{'],
    [
      'whose id is of another document',
      { ...manifestOf(WALLET), operations: [{ id: sha256('x'), body: WALLET }] },
    ],
    ['with a document that is none', manifestOf('query {')],
  ])('%s keeps the service from starting', async (_what, content) => {
    await expect(readSafelist(await write('bad', content))).rejects.toThrow(ConfigError);
  });

  it('that is not there does too', async () => {
    await expect(readSafelist(join(folder, 'nothing'))).rejects.toThrow(
      /OPERATIONS_MANIFEST .* is not usable/,
    );
  });
});

describe('with a manifest', () => {
  let http: Http;
  let token: string;
  const open = async (env: Record<string, string> = {}) => {
    const OPERATIONS_MANIFEST = await write('used', manifestOf(WALLET, CLAIM));
    http = await openHttp({ OPERATIONS_MANIFEST, ...env });
    token = await http.token({ sub: 'anna', scope: 'coupons:admin' });
  };
  afterAll(() => http.close());
  const refused = {
    status: 400,
    data: null,
    errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_IN_LIST' } }],
  };

  it('a caller without the proof of the router is answered listed documents only, to the letter', async () => {
    await open();
    expect(await http.ask(WALLET, {}, token)).toMatchObject({ status: 200, errors: [] });
    for (const query of [`${WALLET} `, '{ myCoupons { totalCount } }', '{ __typename }'])
      expect(await http.ask(query, {}, token)).toMatchObject(refused);
    await http.close();
  });

  it('the router is answered what it plans of root fields that listed documents use', async () => {
    await open({ ROUTER_SECRETS: SECRET });
    const ask = (query: string) => http.askAsRouter(SECRET, query, {}, token);
    for (const query of [
      'query Wallet__coupons__0 { myCoupons { totalCount nodes { id } } }',
      'query { _entities(representations: []) { __typename } }',
      'fragment F on Query { ... { myCoupons { totalCount } } } { ...F __typename }',
    ])
      expect(await ask(query)).toMatchObject({ status: 200, errors: [] });
    for (const query of [
      '{ templates { totalCount } }',
      '{ myCoupons { totalCount } x: templates { totalCount } }',
      '{ ... on Query { ...F } } fragment F on Query { templates { totalCount } }',
      'mutation { stopTemplate(input: {id: "x"}) { __typename } }',
    ])
      expect(await ask(query)).toMatchObject(refused);
  });
});
