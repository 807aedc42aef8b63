/**
 * The real service on real stores of its own, over HTTP on a free port, for one test file.
 *
 * It is put together as src/main.ts does it; only the clock and the environment may be others.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { pino, type Logger } from 'pino';
import type { App } from '../../src/app.js';
import { readConfig, type Config } from '../../src/config/environment.js';
import type { Clock } from '../../src/kernel/clock.js';
import { startService } from '../../src/service.js';
import { localSigner, type LocalClaims } from '../../src/subgraph/token-keys.js';
import { openStores, type Stores } from './stores.js';

export interface StartOverrides {
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Answer<Data> {
  readonly status: number;
  /** null: the whole request failed; see errors. */
  readonly data: Data | null;
  readonly errors: readonly AnswerError[];
}

export interface AnswerError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: Readonly<Record<string, unknown>> & { readonly code?: string };
}

export interface TestService {
  /** Of its GraphQL endpoint. */
  readonly url: string;
  readonly app: App;
  readonly config: Config;
  readonly stores: Stores;
  token(claims: LocalClaims): Promise<string>;
  query<Data = Record<string, unknown>, Variables = Record<string, unknown>>(
    document: TypedDocumentNode<Data, Variables> | string,
    variables?: Variables,
    token?: string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer<Data>>;
  stop(): Promise<void>;
}

export async function start(overrides: StartOverrides = {}): Promise<TestService> {
  const stores = await openStores();
  const dataDir = await mkdtemp(join(tmpdir(), 'coupons-service-'));
  const config = readConfig({
    NODE_ENV: 'test',
    PORT: '0',
    LOG_LEVEL: 'error',
    DATA_DIR: dataDir,
    MYSQL_URL: stores.mysqlUrl,
    REDIS_URL: stores.redisUrl,
    ...overrides.env,
  });
  const { clock } = overrides;
  const service = await startService({
    config,
    installation: stores,
    log: overrides.log ?? pino({ level: config.logLevel }),
    ...(clock ? { clock } : {}),
  });
  const url = `http://${config.http.host}:${service.port}/graphql`;
  return {
    url,
    app: service.app,
    config,
    stores,
    token: await localSigner(config),
    query: (document, variables, token, headers) => ask(url, document, variables, token, headers),
    stop: async () => {
      await service.stop();
      await stores.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** One request to any GraphQL server over HTTP. */
export async function ask<Data, Variables>(
  url: string,
  document: TypedDocumentNode<Data, Variables> | string,
  variables?: Variables,
  token?: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer<Data>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: JSON.stringify({
      query: typeof document === 'string' ? document : print(document),
      variables,
    }),
  });
  const body = (await response.json()) as { data?: Data | null; errors?: readonly AnswerError[] };
  return { status: response.status, data: body.data ?? null, errors: body.errors ?? [] };
}
