/** Who is taken for the router: everything that can be wrong with its proof, and that nothing runs then. */
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/kernel/canonical-json.js';
import { RouterProof } from '../../src/subgraph/router-proof.js';
import {
  ROUTER_PROOF_HEADER,
  signForService,
  type ProvenRequest,
} from '../../src/subgraph/sign-for-service.js';
import { openHttp, type Http } from './http.js';

const OLD = 'the-routers-old-secret-of-32-characters';
const NEW = 'the-routers-new-secret-of-32-characters';
const REQUEST: ProvenRequest = {
  authorization: 'Bearer anna',
  forwardedFor: '203.0.113.7',
  body: { query: 'query A { a } query B { b }', operationName: 'A', variables: { x: 1, y: [{}] } },
};

describe('the proof of the router', () => {
  let nowMs: number;
  const clock = { nowMs: () => nowMs };
  let proof: RouterProof;
  beforeEach(() => {
    nowMs = 1_790_000_000_000;
    proof = new RouterProof([OLD, NEW], clock);
  });
  const sign = (request = REQUEST, secret = NEW, atMs = nowMs) =>
    signForService(secret, request, atMs);

  it('is good with either of two live secrets, and once only', () => {
    for (const secret of [OLD, NEW]) {
      const header = sign(REQUEST, secret);
      expect(proof.isGood(header, REQUEST)).toBe(true);
      expect(proof.isGood(header, REQUEST)).toBe(false);
    }
    expect(proof.isGood(sign(), REQUEST)).toBe(true);
  });

  it('is good for thirty seconds to either side, and not a moment longer', () => {
    const at = nowMs;
    for (const [offMs, isGood] of [
      [-30_000, true],
      [-30_001, false],
      [30_000, true],
      [30_001, false],
    ] as const)
      expect([offMs, proof.isGood(sign(REQUEST, NEW, at + offMs), REQUEST)]).toEqual([
        offMs,
        isGood,
      ]);
  });

  it('cannot be used again at any moment of its time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -30_000, max: 30_000 }),
        fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 30 }),
        (offMs, steps) => {
          const once = new RouterProof([NEW], clock);
          const header = sign(REQUEST, NEW, nowMs + offMs);
          let times = 0;
          for (const step of [0, ...steps]) {
            nowMs += step;
            if (once.isGood(header, REQUEST)) times += 1;
            once.isGood(sign(), REQUEST);
          }
          expect(times).toBe(1);
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each<[string, Partial<ProvenRequest>]>([
    ['another caller', { authorization: 'Bearer olga' }],
    ['no caller', { authorization: undefined }],
    ['another address', { forwardedFor: '203.0.113.8' }],
    ['an address more', { forwardedFor: '198.51.100.1, 203.0.113.7' }],
    ['no address', { forwardedFor: undefined }],
    ['another query', { body: { ...(REQUEST.body as object), query: '{ c }' } }],
    ['another operation of it', { body: { ...(REQUEST.body as object), operationName: 'B' } }],
    ['other variables', { body: { ...(REQUEST.body as object), variables: { x: 2, y: [{}] } } }],
    [
      'a variable more',
      { body: { ...(REQUEST.body as object), variables: { x: 1, y: [{}], z: 1 } } },
    ],
    ['no variables', { body: { ...(REQUEST.body as object), variables: {} } }],
    ['a list of requests', { body: [REQUEST.body] }],
    ['no body', { body: undefined }],
    ['a body nested 10,000 deep', { body: { query: 'x', variables: nested(10_000) } }],
  ])('does not speak for a request with %s', (_what, change) => {
    expect(proof.isGood(sign(), { ...REQUEST, ...change })).toBe(false);
  });

  it('does not depend on who printed the body', () => {
    const body = {
      variables: { y: [{}], x: 1 },
      operationName: 'A',
      extensions: { trace: 1 },
      query: (REQUEST.body as { query: string }).query,
    };
    expect(proof.isGood(sign(), { ...REQUEST, body })).toBe(true);
    const plain = { authorization: undefined, forwardedFor: undefined };
    const bare = sign({ ...plain, body: { query: '{ a }' } });
    const same = { query: '{ a }', operationName: null, variables: null };
    expect(proof.isGood(bare, { ...plain, body: same })).toBe(true);
  });

  it('is not any other text', () => {
    const good = sign();
    const [t, n, s] = good.split(',') as [string, string, string];
    const wrong = [
      undefined,
      '',
      NEW,
      'null',
      '{}',
      s,
      `${t},${s}`,
      `${t},${n}`,
      `${t},${n},s=`,
      `${good},`,
      ` ${good}`,
      `${good}${good}`,
      `${good}, ${good}`,
      good.toUpperCase(),
      `${n},${t},${s}`,
      `t=,${n},${s}`,
      `t=-1,${n},${s}`,
      `t=NaN,${n},${s}`,
      `t=${nowMs + 1},${n},${s}`,
      `${t},n=${'a'.repeat(16)},${s}`,
      `${t},n=${'a'.repeat(65)},${s}`,
      `${t},${n},s=${'A'.repeat(43)}`,
      `${t},${n},${s.slice(0, -1)}`,
      sign(REQUEST, 'the-routers-last-secret-of-32-characters'),
      sign(REQUEST, ''),
      sign(REQUEST, `${OLD},${NEW}`),
    ];
    for (const header of wrong)
      expect([header, proof.isGood(header, REQUEST)]).toEqual([header, false]);
    expect(proof.isGood(good, REQUEST)).toBe(true);
  });
});

describe('canonical JSON', () => {
  it('says of any value what JSON says, and the same however its keys were ordered', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = canonicalJson(value);
        expect(isDeepStrictEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)))).toBe(true);
        expect(canonicalJson(turned(value))).toBe(text);
      }),
    );
  });
});

describe('in production a request', () => {
  let http: Http;
  beforeAll(async () => {
    http = await openHttp({ ROUTER_SECRETS: `${OLD},${NEW}` });
  });
  afterAll(() => http.close());

  const QUERY = '{ myCoupons { totalCount } }';
  const statementsOf = async (work: () => Promise<unknown>): Promise<number> => {
    let count = 0;
    const stop = http.stores.database.observe(() => (count += 1));
    await work();
    stop();
    return count;
  };

  it('with a proof is answered, and the same one sent again is not, nor anything run for it', async () => {
    const token = await http.token({ sub: 'anna' });
    const authorization = `Bearer ${token}`;
    const body = { query: QUERY, variables: {} };
    const proof = signForService(OLD, { authorization, body }, Date.now());
    const send = () => http.post(body, { authorization, [ROUTER_PROOF_HEADER]: proof });
    expect((await send()).json()).toEqual({ data: { myCoupons: { totalCount: 0 } } });
    const statements = await statementsOf(async () => {
      const again = await send();
      expect(again.statusCode).toBe(401);
      expect(again.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    });
    expect(statements).toBe(0);
  });

  it('that names its document by hash is answered that document, and no other', async () => {
    const authorization = `Bearer ${await http.token({ sub: 'anna' })}`;
    const learnt = ['{ myCoupons { totalCount } }', '{ myCoupons { nodes { id } } }'];
    for (const query of learnt) await http.askAsRouter(NEW, query, {}, authorization.slice(7));
    const [meant, other] = learnt.map((query) => ({
      extensions: { persistedQuery: { version: 1, sha256Hash: sha256(query) } },
    }));
    const send = (sent: object) => {
      const proof = signForService(NEW, { authorization, body: meant }, Date.now());
      return http.post(sent, { authorization, [ROUTER_PROOF_HEADER]: proof });
    };
    expect((await send(meant!)).json()).toEqual({ data: { myCoupons: { totalCount: 0 } } });
    for (const sent of [other!, { ...other, query: null }, { query: learnt[1] }])
      expect((await send(sent)).statusCode).toBe(401);
  });

  it('with a proof but without a token is nobody, whatever its headers say', async () => {
    const headers = {
      'x-user-id': 'anna',
      'x-authenticated-user': 'anna',
      'x-scopes': 'coupons:admin',
    };
    const { errors } = await http.askAsRouter(NEW, QUERY, {}, '', headers);
    expect(errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });

  it('without a proof is refused on every way to the schema, but health is told', async () => {
    const token = await http.token({ sub: 'olga', scope: 'coupons:admin' });
    for (const query of [
      QUERY,
      '{ __typename }',
      '{ _service { sdl } }',
      '{ __schema { types { name } } }',
      '{ _entities(representations: []) { __typename } }',
      'mutation { stopTemplate(input: {id: "x"}) { __typename } }',
    ])
      expect(await http.ask(query, {}, token)).toMatchObject({ status: 401, data: null });
    for (const url of ['/healthz', '/readyz'])
      expect((await http.server.inject({ url })).statusCode).toBe(200);
  });
});

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < levels; i += 1) value = [value];
  return value;
}

/** The same value with the keys of every object in the opposite order. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, one]) => [key, turned(one)]),
  );
}
