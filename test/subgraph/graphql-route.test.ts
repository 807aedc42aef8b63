/** POST /graphql from JSON to its answer: that the answer is true, however the document came and however late. */
import { createHash } from 'node:crypto';
import { buildSchema, type GraphQLObjectType } from 'graphql';
import { createLocalJWKSet } from 'jose';
import { pino } from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../src/config/environment.js';
import {
  DOCUMENTS_CHARACTERS_MAX,
  HTTP_BODY_BYTES_MAX,
  REQUEST_DEADLINE_MS,
} from '../../src/config/limits.js';
import { systemClock } from '../../src/kernel/clock.js';
import { AdmissionControl } from '../../src/subgraph/admission.js';
import { Authenticate, type Arrival } from '../../src/subgraph/authenticate.js';
import { openGraphqlRoute } from '../../src/subgraph/graphql-route.js';
import { createMetrics } from '../../src/subgraph/metrics.js';

/** Finds the keys of tokens after `keysCome`; without a token nobody waits. */
class Slow extends Authenticate {
  keysCome: Promise<void> = Promise.resolve();

  override async context(arrival: Arrival, requestId: string) {
    if (arrival.headers['x-slow'] !== undefined) await this.keysCome;
    return super.context(arrival, requestId);
  }
}

async function openRoute(at: () => unknown = () => null) {
  const schema = buildSchema(SCHEMA);
  schema.getMutationType()!.getFields()['do']!.resolve = () => ({});
  (schema.getType('Done') as GraphQLObjectType).getFields()['at']!.resolve = at;
  const authenticate = new Slow(readConfig({}), createLocalJWKSet({ keys: [] }));
  const route = await openGraphqlRoute(
    {
      authenticate,
      admission: new AdmissionControl(systemClock),
      metrics: createMetrics(),
      log: pino({ enabled: false }),
      isProduction: true,
    },
    { schema, sdl: '' },
  );
  const ask = (body: object, more: Arrival['headers'] = {}) => {
    const headers = { 'content-type': 'application/json', ...more };
    return route.answer({ headers, ip: '::1', body });
  };
  const post = async (body: object, more?: Arrival['headers']) => {
    const { status, body: text } = await ask(body, more);
    return { status, ...(JSON.parse(text) as Answer) };
  };
  return { authenticate, ask, post, stop: route.stop };
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

const byHash = (query: string) => ({
  extensions: {
    persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') },
  },
});

const SCHEMA = 'type Query { a: Int } type Done { at: Int } type Mutation { do: Done }';

describe('a request', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('with a text is answered, whatever was forgotten while its caller was found out', async () => {
    const { authenticate, post, stop } = await openRoute();
    const query = '{ a }';
    expect(await post({ query })).toEqual({ status: 200, data: { a: null } });
    let come = (): void => undefined;
    authenticate.keysCome = new Promise((resolve) => (come = resolve));
    const slow = post({ query }, { 'x-slow': '' });
    const large = HTTP_BODY_BYTES_MAX - 1_000;
    for (let i = 0; i <= DOCUMENTS_CHARACTERS_MAX / large; i += 1)
      expect(await post({ query: `{ a${i}: a } #${'x'.repeat(large)}` })).toMatchObject({
        status: 200,
      });
    expect((await post(byHash(query))).errors?.[0]!.extensions.code).toBe(
      'PERSISTED_QUERY_NOT_FOUND',
    );
    come();
    expect(await slow).toEqual({ status: 200, data: { a: null } });
    await stop();
  });

  it('that was cut off may have been done, also where its mutation came as a hash', async () => {
    let isStuck = false;
    const { post, stop } = await openRoute(() => (isStuck ? new Promise(() => undefined) : 1));
    const query = 'mutation { do { at } }';
    await post({ query });
    isStuck = true;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const asked = [post({ query }), post(byHash(query))];
    await new Promise((resolve) => setImmediate(resolve));
    await vi.advanceTimersByTimeAsync(REQUEST_DEADLINE_MS);
    for (const { status, errors } of await Promise.all(asked))
      expect([status, errors![0]!.extensions.code]).toEqual([503, 'OUTCOME_UNKNOWN']);
    await stop();
  });

  it.each(['text/html', 'application/json;version=2', 'application/json;q=0', '*/*;q=0'])(
    'is told what it did, also where it takes %s alone',
    async (accept) => {
      let times = 0;
      const { post, stop } = await openRoute(() => (times += 1));
      const answer = await post({ query: 'mutation { do { at } }' }, { accept });
      expect(answer).toEqual({ status: 200, data: { do: { at: 1 } } });
      await stop();
    },
  );

  it.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/graphql-response+json', 'application/graphql-response+json'],
    [
      'application/graphql-response+json,application/json;q=0.9',
      'application/graphql-response+json',
    ],
    [
      'application/json;q=0.5, application/graphql-response+json',
      'application/graphql-response+json',
    ],
    ['application/json, application/graphql-response+json', 'application/json'],
    ['application/graphql-response+json;q=0', 'application/json'],
  ])('that takes %s is answered in the form %s, also with an error', async (accept, type) => {
    const { ask, stop } = await openRoute();
    for (const query of ['{ a }', '{ a', '{ __typename @skip(if: 1) }']) {
      const { headers } = await ask({ query }, { accept });
      expect(new Map(headers).get('content-type')).toBe(`${type}; charset=utf-8`);
    }
    await stop();
  });
});
