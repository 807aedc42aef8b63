/**
 * POST /graphql: from a request of Fastify to Apollo and back.
 *
 * The route takes application/json only, which a browser never sends to another site without asking first;
 * so Apollo's own check against forged requests, which reads every content type again, is off.
 */
import { ApolloServer, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { REQUEST_DEADLINE_MS } from '../config/limits.js';
import { messagesFor } from '../graph/messages.js';
import type { RequestContext } from '../graph/request.js';
import type { AdmissionControl } from './admission.js';
import type { Authenticate } from './authenticate.js';
import type { Subgraph } from './build-schema.js';
import { compiledOperationsPlugin } from './compiled-operations.js';
import { makeFormatError } from './format-error.js';
import type { Metrics } from './metrics.js';
import { queryLimits } from './query-limits.js';
import { cutOffBody, limitMutationTime, within } from './request-deadline.js';
import type { Safelist } from './safelist.js';

export interface GraphqlParts {
  readonly authenticate: Authenticate;
  readonly admission: AdmissionControl;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly isProduction: boolean;
  /** undefined: any document within the limits. */
  readonly safelist?: Safelist | undefined;
}

export async function serveGraphql(
  server: FastifyInstance,
  { authenticate, log, isProduction, safelist, admission, metrics }: GraphqlParts,
  { schema }: Subgraph,
): Promise<void> {
  limitMutationTime(schema, () => metrics.deadlineCuts.inc({ kind: 'mutation' }));
  const limits = queryLimits(safelist);
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
      ...limits.plugins,
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
  const answer = async (request: FastifyRequest, progress: Progress): Promise<Answer> => {
    const {
      status = 200,
      headers,
      body,
    } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: 'POST',
        headers: headersForApollo(request),
        search: '',
        body: request.body,
      },
      context: async () => {
        const arrived = await authenticate.context(request, request.id);
        progress.hasCaller = true;
        progress.language = messagesFor(arrived.caller.languages).language;
        return { ...arrived, beganAtMs: progress.beganAtMs };
      },
    });
    if (body.kind === 'complete') return { status, headers, body: body.string };
    throw new Error('an answer in parts was never asked for');
  };
  server.post('/graphql', async (request, reply) => {
    const progress: Progress = { beganAtMs: performance.now(), hasCaller: false };
    const work = admission.during(() => answer(request, progress));
    const { status, headers, body } = await within(work, REQUEST_DEADLINE_MS, () => {
      metrics.deadlineCuts.inc({ kind: 'request' });
      const mayBeDone = progress.hasCaller && isMutation(request.body);
      return { status: 503, headers: JSON_HEADERS, body: cutOffBody(mayBeDone) };
    });
    void reply.code(status);
    for (const [name, value] of headers) void reply.header(name, value);
    void reply.header('vary', 'accept-language');
    if (progress.language !== undefined) void reply.header('content-language', progress.language);
    return body;
  });
  server.addHook('onClose', () => apollo.stop());
}

interface Progress {
  readonly beganAtMs: number;
  hasCaller: boolean;
  /** Of the messages in the answer; a caller who was not let in is answered in English. */
  language?: string;
}

interface Answer {
  readonly status: number;
  readonly headers: Iterable<readonly [string, string]>;
  readonly body: string;
}

const JSON_HEADERS: readonly [string, string][] = [
  ['content-type', 'application/json; charset=utf-8'],
];

/** Whether the body may hold a mutation; a word of that name in a query only makes the answer more careful. */
function isMutation(body: unknown): boolean {
  return /\bmutation\b/.test(String((body as { query?: unknown } | null)?.query));
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
