/** The whole sample graph for one test file: the service, its neighbours, and a gateway process before them. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { startNeighbours, type Neighbours } from '../../src/demo/neighbours/start-neighbours.js';
import type { SubgraphUrls } from '../../src/demo/subgraphs.js';
import { ask, start, type TestService } from '../kit/service.js';

/** The service answers the gateway alone, as in production. */
export const ROUTER_SECRET = 'the-routers-secret-of-this-sample-graph';

export interface Subgraphs {
  readonly service: TestService;
  readonly urls: SubgraphUrls;
  stop(): Promise<void>;
}

export interface SampleGraph extends Subgraphs {
  /** Of the gateway. */
  readonly url: string;
}

export async function startSubgraphs(): Promise<Subgraphs> {
  const service = await start({ env: { ROUTER_SECRETS: ROUTER_SECRET } });
  const neighbours: Neighbours = await startNeighbours(service.config, {
    url: service.url,
    routerSecret: ROUTER_SECRET,
  });
  return {
    service,
    urls: { coupons: service.url, ...neighbours.urls },
    stop: async () => {
      await neighbours.stop();
      await service.stop();
    },
  };
}

export async function startSampleGraph(): Promise<SampleGraph> {
  const subgraphs = await startSubgraphs();
  const gateway = await startGatewayProcess(subgraphs);
  return {
    ...subgraphs,
    url: gateway.url,
    stop: async () => {
      await gateway.stop();
      await subgraphs.stop();
    },
  };
}

async function startGatewayProcess({ service, urls }: Subgraphs) {
  const main = fileURLToPath(new URL('../../src/demo/gateway/main.ts', import.meta.url));
  const hooks = new URL('../kit/run-typescript.ts', import.meta.url).href;
  const child = fork(main, [JSON.stringify({ port: 0, urls })], {
    execArgv: ['--import', hooks],
    env: {
      ...process.env,
      DATA_DIR: service.config.dataDir,
      ROUTER_SECRETS: ROUTER_SECRET,
      NODE_OPTIONS: '',
    },
  });
  const exited = once(child, 'exit');
  const [ready] = await Promise.race([
    once(child, 'message'),
    exited.then(([code]) => Promise.reject(new Error(`the gateway ended with ${String(code)}`))),
  ]);
  return {
    url: (ready as { url: string }).url,
    stop: async () => {
      child.disconnect();
      await exited;
    },
  };
}

/** The data of an answer without errors; anything else fails the test with what was asked and answered. */
export async function dataOf<Data, Variables>(
  url: string,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  token?: string,
): Promise<Data> {
  const answer = await ask(url, document, variables, token);
  if (answer.data !== null && answer.errors.length === 0) return answer.data;
  throw new Error(`${JSON.stringify(variables)} was answered with ${JSON.stringify(answer)}`);
}
