/**
 * POST /graphql: from a request of Fastify to Apollo and back.
 *
 * The route takes application/json only, which a browser never sends to another site without asking first;
 * so Apollo's own check against forged requests, which reads every content type again, is off.
 */
import { ApolloServer, HeaderMap, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RequestContext } from '../graph/request.js';
import type { Subgraph } from './build-schema.js';
import { compiledOperationsPlugin } from './compiled-operations.js';
import { makeFormatError } from './format-error.js';
import type { HttpParts } from './http-server.js';
import { queryLimits } from './query-limits.js';

export async function serveGraphql(
  server: FastifyInstance,
  { authenticate, log, isProduction }: HttpParts,
  { schema }: Subgraph,
): Promise<void> {
  const limits = queryLimits();
  const formatError = makeFormatError(log);
  const apollo = new ApolloServer<RequestContext>({
    schema,
    introspection: !isProduction,
    persistedQueries: false,
    hideSchemaDetailsFromClientErrors: isProduction,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    csrfPrevention: false,
    formatError,
    parseOptions: limits.parseOptions,
    validationRules: limits.validationRules,
    plugins: [
      ...(limits.plugins as unknown as ApolloServerPlugin<RequestContext>[]),
      compiledOperationsPlugin(schema, formatError),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
  await apollo.start();
  server.removeContentTypeParser('text/plain');
  server.post('/graphql', async (request, reply) => {
    const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: 'POST',
        headers: headersForApollo(request),
        search: '',
        body: request.body,
      },
      context: () => authenticate.context(request, request.id),
    });
    void reply.code(status ?? 200);
    for (const [name, value] of headers) void reply.header(name, value);
    if (body.kind === 'complete') return body.string;
    throw new Error('an answer in parts was never asked for');
  });
  server.addHook('onClose', () => apollo.stop());
}

/** Apollo reads these two: what the caller takes for an answer depends on them. */
function headersForApollo({ headers }: FastifyRequest): HeaderMap {
  const map = new HeaderMap();
  for (const name of ['accept', 'content-type'] as const) {
    const value = headers[name];
    if (value !== undefined) map.set(name, value);
  }
  return map;
}
