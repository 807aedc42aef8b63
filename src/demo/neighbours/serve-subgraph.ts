/** Serves one neighbour over HTTP: its SDL from schema/neighbours with the given resolvers. */
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { GraphQLError, parse } from 'graphql';
import { readSdl, type SubgraphName } from '../subgraphs.js';
import type { Identify, Identity } from '../identify.js';

export interface NeighbourContext {
  readonly identity: Identity | null;
}

export interface Neighbour {
  readonly url: string;
  stop(): Promise<void>;
}

type Modules = Extract<Parameters<typeof buildSubgraphSchema>[0], readonly unknown[]>;

export async function serveSubgraph(
  name: Exclude<SubgraphName, 'coupons'>,
  resolvers: object,
  identify: Identify,
): Promise<Neighbour> {
  const modules = [{ typeDefs: parse(await readSdl(name)), resolvers }] as Modules;
  const server = new ApolloServer<NeighbourContext>({
    schema: buildSubgraphSchema(modules),
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    plugins: [ApolloServerPluginInlineTraceDisabled()],
  });
  const { url } = await startStandaloneServer(server, {
    listen: { host: '127.0.0.1', port: 0 },
    context: async ({ req }) => ({ identity: await identify(req.headers.authorization) }),
  });
  return { url, stop: () => server.stop() };
}

/** @throws GraphQLError UNAUTHENTICATED */
export function requireIdentity({ identity }: NeighbourContext): Identity {
  if (identity !== null) return identity;
  throw new GraphQLError('This needs a signed-in caller.', {
    extensions: { code: 'UNAUTHENTICATED' },
  });
}
