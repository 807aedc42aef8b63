/** Documents by their hash: what a client may leave out once it has said it, and what it may not. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DOCUMENTS_KEPT_MAX } from '../../src/config/limits.js';
import { KnownDocuments } from '../../src/subgraph/known-documents.js';
import { openHttp, type Http } from './http.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const byHash = (sha256Hash: string, query?: string) => ({
  query,
  extensions: { persistedQuery: { version: 1, sha256Hash } },
});

describe('a document', () => {
  let http: Http;
  beforeAll(async () => {
    http = await openHttp();
  });
  afterAll(() => http.close());
  const codeOf = async (body: object): Promise<unknown> =>
    ((await http.post(body)).json() as { errors: { extensions: { code: string } }[] }).errors[0]
      ?.extensions.code;

  it('may be sent as its hash alone once it was found valid, and is answered the same', async () => {
    const query = 'query Known { claimableTemplates { totalCount } }';
    expect(await codeOf(byHash(sha256(query)))).toBe('PERSISTED_QUERY_NOT_FOUND');
    const first = await http.post(byHash(sha256(query), query));
    const { body, statusCode } = await http.post(byHash(sha256(query)));
    expect([statusCode, body]).toEqual([200, first.body]);
    for (let i = 0; i < 3; i += 1) expect((await http.post({ query })).body).toBe(first.body);
  });

  it('is not known by the hash of another', async () => {
    const query = 'query One { claimableTemplates { totalCount } }';
    const wrong = byHash(sha256('query Two { claimableTemplates { totalCount } }'), query);
    expect((await http.post(wrong)).statusCode).toBe(400);
    expect(await codeOf(byHash(sha256(query)))).toBe('PERSISTED_QUERY_NOT_FOUND');
  });

  it('that was refused is not known', async () => {
    const query = 'query Bad { nothing }';
    expect((await http.post({ query })).statusCode).toBe(400);
    expect(await codeOf(byHash(sha256(query)))).toBe('PERSISTED_QUERY_NOT_FOUND');
    expect((await http.post({ query })).statusCode).toBe(400);
  });

  it('with another variable each time is answered each for itself', async () => {
    const query =
      'query Page($n: Int) { claimableTemplates(first: $n) { totalCount edges { cursor } } }';
    for (const n of [1, 2, 0, 1, 500]) {
      const once = await http.post({ query, variables: { n } });
      const again = await http.post({ query: `${query} `, variables: { n } });
      expect(once.json()).toEqual(again.json());
    }
  });
});

describe('known documents', () => {
  const learn = async (documents: KnownDocuments, source: string): Promise<void> => {
    const listener = await documents.plugin.requestDidStart!(undefined as never);
    const context = { queryHash: sha256(source), source, metrics: {} };
    await listener!.didResolveOperation!(context as never);
  };

  it('are shortened only while their text can be had', async () => {
    const documents = new KnownDocuments();
    const textOf = (i: number) => `query Q${i} { claimableTemplates { totalCount } }`;
    for (let i = 0; i < DOCUMENTS_KEPT_MAX + 5; i += 1) await learn(documents, textOf(i));
    for (let i = 0; i < DOCUMENTS_KEPT_MAX + 5; i += 1) {
      const body = { query: textOf(i), variables: { i } };
      const short = documents.shorten(body) as typeof body & { extensions?: unknown };
      const text = await documents.cache.get(`apq:${sha256(textOf(i))}`);
      expect(text).toBe(i < 5 ? undefined : textOf(i));
      expect(short).toEqual(
        i < 5 ? body : { ...byHash(sha256(textOf(i))), variables: { i }, query: undefined },
      );
    }
  });

  it('let one that was just shortened go after all others', async () => {
    const documents = new KnownDocuments();
    for (let i = 0; i < DOCUMENTS_KEPT_MAX; i += 1) await learn(documents, `{ a${i} }`);
    documents.shorten({ query: '{ a0 }' });
    for (let i = 1; i < DOCUMENTS_KEPT_MAX; i += 1) await learn(documents, `{ b${i} }`);
    expect(await documents.cache.get(`apq:${sha256('{ a0 }')}`)).toBe('{ a0 }');
  });

  it('leave alone what has extensions of its own, and what is no body', () => {
    const documents = new KnownDocuments();
    for (const body of [null, 'x', [], { query: 5 }, { query: 'x', extensions: {} }])
      expect(documents.shorten(body)).toBe(body);
  });
});
