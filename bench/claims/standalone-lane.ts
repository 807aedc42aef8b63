/** Apollo as its first page shows it: startStandaloneServer, one mutation that says hello; with our own authentication. */
import 'reflect-metadata';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { readConfig } from '../../src/config/environment.js';
import { Authenticate } from '../../src/subgraph/authenticate.js';
import { verificationKeys } from '../../src/subgraph/token-keys.js';

const config = readConfig({ NODE_ENV: 'test', DATA_DIR: process.env['DATA_DIR']! });
const authenticate = new Authenticate(config, await verificationKeys(config));
const apollo = new ApolloServer({
  typeDefs: `type Query { hello: String! } type Mutation { hello(name: String!): String! }`,
  resolvers: {
    Query: { hello: () => 'hello' },
    Mutation: { hello: (_: unknown, { name }: { name: string }) => `hello ${name}` },
  },
});
const { url } = await startStandaloneServer(apollo, {
  listen: { port: 0, host: '127.0.0.1' },
  context: async ({ req }) => ({ caller: await authenticate.caller(req.headers, '127.0.0.1') }),
});
process.send!({ url, pid: process.pid });
