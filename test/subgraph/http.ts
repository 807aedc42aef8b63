/** The subgraph behind its HTTP face, with its log within reach. */
import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { pino } from 'pino';
import { createApp, type App } from '../../src/app.js';
import { readConfig } from '../../src/config/environment.js';
import { systemClock } from '../../src/kernel/clock.js';
import { AdmissionControl } from '../../src/subgraph/admission.js';
import { logOptions } from '../../src/logger.js';
import { Authenticate } from '../../src/subgraph/authenticate.js';
import { buildSubgraph } from '../../src/subgraph/build-schema.js';
import { createHttpServer } from '../../src/subgraph/http-server.js';
import { createMetrics } from '../../src/subgraph/metrics.js';
import { ROUTER_PROOF_HEADER, signForService } from '../../src/subgraph/sign-for-service.js';
import { createResolvers } from '../../src/subgraph/resolvers.js';
import { readSafelist } from '../../src/subgraph/safelist.js';
import { localSigner, verificationKeys, type LocalClaims } from '../../src/subgraph/token-keys.js';
import { openStores, type Stores } from '../kit/stores.js';

export interface GraphqlError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: {
    readonly code: string;
    readonly errorId?: string;
    readonly field?: string;
  };
}

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly GraphqlError[];
}

export interface Posted {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  json(): unknown;
}

export interface Http {
  readonly app: App;
  readonly stores: Stores;
  readonly schema: GraphQLSchema;
  readonly server: FastifyInstance;
  readonly logged: Record<string, unknown>[];
  token(claims: LocalClaims): Promise<string>;
  post(body: unknown, headers?: Readonly<Record<string, string>>): Promise<Posted>;
  ask(query: string, variables?: object, token?: string, headers?: object): Promise<Reply>;
  /** The same with the proof of a router that has `secret`. */
  askAsRouter(
    secret: string,
    query: string,
    variables?: object,
    token?: string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Reply>;
  close(): Promise<void>;
}

export async function openHttp(env: Readonly<Record<string, string>> = {}): Promise<Http> {
  const stores = await openStores();
  const dataDir = await mkdtemp(join(tmpdir(), 'coupons-http-'));
  const { mysqlUrl, redisUrl, database, redis, sealer, codeKeys } = stores;
  const urls = { MYSQL_URL: mysqlUrl, REDIS_URL: redisUrl };
  const config = readConfig({ NODE_ENV: 'test', DATA_DIR: dataDir, ...urls, ...env });
  const logged: Record<string, unknown>[] = [];
  const write = (line: string) => void logged.push(JSON.parse(line) as Record<string, unknown>);
  const log = pino(logOptions('info', config.guard.key), { write });
  const app = createApp({ config, database, redis, sealer, codeKeys, clock: systemClock, log });
  const { resolvers, references } = createResolvers(app);
  const subgraph = await buildSubgraph(resolvers, references);
  const server = await createHttpServer({
    subgraph,
    safelist:
      config.operationsManifest === undefined
        ? undefined
        : await readSafelist(config.operationsManifest),
    authenticate: new Authenticate(config, await verificationKeys(config)),
    metrics: createMetrics(),
    log,
    isProduction: config.isProduction,
    admission: new AdmissionControl(systemClock),
    startGrant: app.startGrant,
    isReady: async () => true,
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  const post: Http['post'] = (body, headers = {}) =>
    postTo(port, agent, typeof body === 'string' ? body : JSON.stringify(body), headers);
  const ask: Http['ask'] = async (query, variables = {}, token = '', headers = {}) => {
    const authorization = token === '' ? {} : { authorization: `Bearer ${token}` };
    const response = await post({ query, variables }, { ...authorization, ...headers });
    const { data = null, errors = [] } = response.json() as Partial<Reply>;
    return { status: response.statusCode, text: response.body, data, errors };
  };
  return {
    app,
    stores,
    schema: subgraph.schema,
    server,
    logged,
    token: await localSigner(config),
    post,
    ask,
    askAsRouter: (secret, query, variables = {}, token = '', headers = {}) => {
      const proof = signForService(
        secret,
        {
          authorization: token === '' ? undefined : `Bearer ${token}`,
          forwardedFor: headers['x-forwarded-for'],
          body: { query, variables },
        },
        Date.now(),
      );
      return ask(query, variables, token, { ...headers, [ROUTER_PROOF_HEADER]: proof });
    },
    close: async () => {
      agent.destroy();
      await server.close();
      await app.committer.drain();
      await app.refusals.drain();
      await stores.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function postTo(
  port: number,
  agent: Agent,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<Posted> {
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      agent,
      method: 'POST',
      path: '/graphql',
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        ...headers,
      },
    };
    const asked = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({
          statusCode: response.statusCode!,
          headers: response.headers,
          body: text,
          json: () => JSON.parse(text) as unknown,
        });
      });
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
