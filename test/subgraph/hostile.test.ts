/**
 * Hostile requests against the service as a process of its own: each is refused in a typed way or finds
 * nothing, says nothing of the inside, is answered soon, and never blocks the process.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importJWK, type CryptoKey, type JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/environment.js';
import { localSigner } from '../../src/subgraph/token-keys.js';
import { startProcess, type ServiceProcess } from '../kit/process.js';
import { openStores, type Stores } from '../kit/stores.js';
import {
  codeCases,
  headerCases,
  jsonCases,
  numberCases,
  representationCases,
  shapeCases,
  tokenCases,
  type Hostile,
} from './hostile-cases.js';
import { campaignCases } from './hostile-campaign-cases.js';
import { refusalOf, tellsOfTheInside } from './oracle.js';

const BLOCKED_MS = 100;
const ANSWERED_WITHIN_MS = 250;
const TRIES = 4;

describe('a hostile request', () => {
  let stores: Stores;
  let service: ServiceProcess;
  let dataDir: string;
  let good: string;
  let key: CryptoKey;
  let sign: Awaited<ReturnType<typeof localSigner>>;
  let slowestMs = 0;
  beforeAll(async () => {
    stores = await openStores();
    dataDir = await mkdtemp(join(tmpdir(), 'coupons-hostile-'));
    const config = readConfig({ DATA_DIR: dataDir });
    sign = await localSigner(config);
    good = await sign({ sub: 'anna' });
    const jwk = JSON.parse(await readFile(join(dataDir, 'token-key.json'), 'utf8')) as JWK;
    key = (await importJWK(jwk, 'EdDSA')) as CryptoKey;
    const { mysqlUrl, redisUrl } = stores;
    const env = { MYSQL_URL: mysqlUrl, REDIS_URL: redisUrl, DATA_DIR: dataDir, ROLE: 'api' };
    // Else a developer's own machine would be a place for webhooks.
    const nowhere = { WEBHOOK_TRUSTED_HOSTS: 'trusted.invalid' };
    service = await startProcess({ ...env, ...nowhere, LOG_LEVEL: 'info' });
    await longestPauseMs();
  });
  afterAll(async () => {
    console.log(`the slowest hostile request was answered after ${Math.round(slowestMs)} ms`);
    await service.terminate();
    await stores.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  /** The longest time since the last call that the process did nothing else; asking begins anew. */
  async function longestPauseMs(): Promise<number> {
    const response = await fetch(new URL('/metrics', service.url));
    const [, seconds] = /^nodejs_eventloop_lag_max_seconds ([\d.e-]+)$/m.exec(
      await response.text(),
    )!;
    return Number(seconds) * 1_000;
  }

  /** As it is, without what fetch would make right. 0: the connection was closed without an answer. */
  function send({ body, headers = {}, method = 'POST', path = '/graphql' }: Hostile) {
    return new Promise<{ status: number; text: string }>((resolve, reject) => {
      const { hostname, port } = new URL(service.url);
      const plain = { 'content-type': 'application/json', authorization: `Bearer ${good}` };
      const all = Object.entries({ ...plain, ...headers }).filter(([, value]) => value !== '');
      const length = body === '' ? [] : [['content-length', String(Buffer.byteLength(body))]];
      const options = {
        hostname,
        port,
        method,
        path,
        headers: Object.fromEntries([...all, ...length]) as Record<string, string>,
      };
      const outgoing = request(options, (incoming) => {
        let text = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (part: string) => (text += part));
        incoming.on('end', () => resolve({ status: incoming.statusCode!, text }));
      });
      outgoing.on('error', (error: NodeJS.ErrnoException) =>
        error.code === 'ECONNRESET' || error.code === 'EPIPE'
          ? resolve({ status: 400, text: '' })
          : reject(error),
      );
      outgoing.end(body);
    });
  }

  async function judge(cases: readonly Hostile[]): Promise<string[]> {
    const wrong: string[] = [];
    for (const hostile of cases) {
      let [pause, took] = [Infinity, Infinity];
      const isSlow = () => pause > BLOCKED_MS || took > ANSWERED_WITHIN_MS;
      // A pause that the machine made does not come again; one that the request made does.
      for (let tried = 0; tried < TRIES && isSlow(); tried += 1) {
        const sentMs = performance.now();
        const { status, text } = await send(hostile);
        took = Math.min(took, performance.now() - sentMs);
        pause = Math.min(pause, await longestPauseMs());
        const inside = tellsOfTheInside(text, `${hostile.path ?? ''} ${hostile.body}`);
        if (inside !== null) wrong.push(`${hostile.name} tells ${inside}: ${text.slice(0, 200)}`);
        if (refusalOf(status, text) === null)
          wrong.push(`${hostile.name}: ${status} ${text.slice(0, 200)}`);
      }
      slowestMs = Math.max(slowestMs, took);
      if (took > ANSWERED_WITHIN_MS)
        wrong.push(`${hostile.name} was answered after ${Math.round(took)} ms`);
      if (pause > BLOCKED_MS) wrong.push(`${hostile.name} blocked for ${Math.round(pause)} ms`);
    }
    return wrong;
  }

  it.each<[string, number, () => readonly Hostile[] | Promise<readonly Hostile[]>]>([
    ['a token that is not good', 60, () => tokenCases(good, key, 'coupons-local')],
    ['a document of an evil shape', 60, shapeCases],
    ['a code that is guessed', 40, codeCases],
    ['money, numbers and dates that are none', 60, numberCases],
    ['headers, methods and paths of all kinds', 40, headerCases],
    ['a body that is no request', 30, jsonCases],
    ['representations that no router makes', 30, representationCases],
  ])(
    'with %s is refused and tells nothing',
    async (_what, atLeast, make) => {
      const cases = await make();
      expect(cases.length).toBeGreaterThanOrEqual(atLeast);
      expect(await judge(cases)).toEqual([]);
    },
    120_000,
  );

  it.each([
    ['a code or a share', 100],
    ['a list of a grant', 80],
    ['what is told of a customer', 80],
    ['where a webhook goes', 150],
    ['an erasure, a simulation or a number', 100],
  ])(
    'with %s that is none is refused, field by field',
    async (what, atLeast) => {
      const admin = await sign({ sub: 'olga', scope: 'coupons:admin' });
      const events = await sign({ sub: 'crm', scope: 'coupons:events' });
      const cases = campaignCases({ admin, events })[what]!;
      expect(cases.length).toBeGreaterThanOrEqual(atLeast);
      expect(await judge(cases)).toEqual([]);
    },
    240_000,
  );

  it('of any kind leaves a service that answers', async () => {
    const { status, text } = await send({
      name: 'good',
      body: '{"query":"{ myCoupons { totalCount } }"}',
    });
    expect([status, text.trim()]).toEqual([200, '{"data":{"myCoupons":{"totalCount":0}}}']);
  });
});
