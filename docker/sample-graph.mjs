/**
 * The sample graph in a container: the neighbours on private ports, and the gateway over all of them.
 * It signs and checks tokens with the local key of the service, which both find under DATA_DIR.
 *
 * Usage: node docker/sample-graph.mjs URL_OF_THE_COUPONS_SUBGRAPH
 */
import 'reflect-metadata';
import { createServer } from 'node:http';
import { readConfig } from '../dist/config/environment.js';
import { composeSupergraph } from '../dist/demo/gateway/compose-supergraph.js';
import { createGateway } from '../dist/demo/gateway/create-gateway.js';
import { makeIdentify } from '../dist/demo/identify.js';
import { startNeighbours } from '../dist/demo/neighbours/start-neighbours.js';

const coupons = process.argv[2];
const config = readConfig(process.env);
const neighbours = await startNeighbours(config, coupons);
const gateway = createGateway({
  supergraph: await composeSupergraph({ ...neighbours.urls, coupons }),
  identify: await makeIdentify(config),
  tabs: () => [],
});
const server = createServer(gateway);
server.listen(config.http.port, config.http.host, () => {
  process.stdout.write(`the sample graph answers on port ${config.http.port}, path /graphql\n`);
});
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    server.close(() => void neighbours.stop().then(() => process.exit(0)));
    server.closeIdleConnections();
    setTimeout(() => process.exit(0), 3_000).unref();
  });
}
