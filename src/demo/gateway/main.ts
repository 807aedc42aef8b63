/**
 * The gateway as a process of its own: node main.js '{"port":…,"urls":{…}}'. Says its url to the parent
 * when it answers, takes the tabs of GraphiQL from it, and ends with it.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readConfig } from '../../config/environment.js';
import { makeIdentify } from '../identify.js';
import type { SubgraphUrls } from '../subgraphs.js';
import { composeSupergraph } from './compose-supergraph.js';
import { createGateway, type Tab } from './create-gateway.js';

interface Given {
  readonly port: number;
  readonly urls: SubgraphUrls;
}

const { port, urls } = JSON.parse(process.argv[2] ?? '') as Given;
const config = readConfig(process.env);
const [routerSecret] = config.auth.routerSecrets;
let tabs: readonly Tab[] = [];
process.on('message', (sent: { readonly tabs: readonly Tab[] }) => (tabs = sent.tabs));
// It has nothing in hand that a shop would miss; whoever asks it asks again.
for (const signal of ['disconnect', 'SIGTERM'] as const) process.on(signal, () => process.exit(0));

const gateway = createGateway({
  supergraph: await composeSupergraph(urls),
  identify: await makeIdentify(config),
  ...(routerSecret === undefined ? {} : { coupons: { url: urls.coupons, routerSecret } }),
  tabs: () => tabs,
});
const server = createServer((request, response) => void gateway(request, response));
server.listen(port, '127.0.0.1', () => {
  const address = server.address() as AddressInfo;
  process.send?.({ url: `http://127.0.0.1:${address.port}/graphql` });
});
