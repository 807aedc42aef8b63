/**
 * POST /graphql: from JSON that arrived to Apollo and back.
 *
 * Only application/json arrives here (json-exchange.ts), so Apollo's own check against forged requests,
 * which reads every content type again, is off.
 */
import { ApolloServer, HeaderMap, type HTTPGraphQLRequest } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { Logger } from 'pino';
import { REQUEST_DEADLINE_MS } from '../config/limits.js';
import { messagesFor } from '../graph/messages.js';
import type { RequestContext } from '../graph/request.js';
import { within } from '../kernel/within.js';
import type { AdmissionControl } from './admission.js';
import type { Arrival, Authenticate } from './authenticate.js';
import type { Subgraph } from './build-schema.js';
import { cacheHeader } from './cache-header.js';
import { compiledOperationsPlugin } from './compiled-operations.js';
import { makeFormatError } from './format-error.js';
import type { Answer } from './json-exchange.js';
import { KnownDocuments } from './known-documents.js';
import type { Metrics } from './metrics.js';
import { onePlugin } from './one-plugin.js';
import { queryLimits } from './query-limits.js';
import { cutOffBody, limitMutationTime } from './request-deadline.js';
import { answerType, JSON_TYPE } from './rules/answer-type.js';
import type { Safelist } from './safelist.js';
import { timeOperations } from './time-operations.js';

export interface GraphqlParts {
  readonly authenticate: Authenticate;
  readonly admission: AdmissionControl;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly isProduction: boolean;
  /** undefined: any document within the limits. */
  readonly safelist?: Safelist | undefined;
}

export interface GraphqlRoute {
  readonly answer: (arrival: Arrival) => Promise<Answer>;
  readonly stop: () => Promise<void>;
}

export async function openGraphqlRoute(
  { authenticate, log, isProduction, safelist, admission, metrics }: GraphqlParts,
  { schema }: Subgraph,
): Promise<GraphqlRoute> {
  limitMutationTime(schema, () => metrics.deadlineCuts.inc({ kind: 'mutation' }));
  const limits = queryLimits(safelist);
  const formatError = makeFormatError(log);
  const documents = new KnownDocuments();
  const apollo = new ApolloServer<RequestContext>({
    schema,
    introspection: !isProduction,
    persistedQueries: { cache: documents.cache, ttl: null },
    hideSchemaDetailsFromClientErrors: isProduction,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    csrfPrevention: false,
    formatError,
    parseOptions: limits.parseOptions,
    validationRules: limits.validationRules,
    plugins: [
      await onePlugin([
        ...limits.plugins,
        documents.plugin,
        compiledOperationsPlugin(schema, formatError),
        timeOperations(metrics.operations),
        cacheHeader(schema),
      ]),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
  await apollo.start();
  let requests = 0;
  const run = async (arrival: Arrival, progress: Progress): Promise<Answer> => {
    const httpGraphQLRequest: HTTPGraphQLRequest = {
      method: 'POST',
      headers: NO_HEADERS,
      search: '',
      body: arrival.body,
    };
    const {
      status = 200,
      headers,
      body,
    } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest,
      context: async () => {
        const context = await authenticate.context(arrival, `req-${(requests += 1).toString(36)}`);
        // Not earlier: while keys are asked for, what is known now may be forgotten.
        httpGraphQLRequest.body = documents.shorten(arrival.body);
        progress.hasCaller = true;
        progress.language = messagesFor(context.caller.languages).language;
        return { ...context, beganAtMs: progress.beganAtMs };
      },
    });
    if (body.kind !== 'complete') throw new Error('an answer in parts was never asked for');
    headers.set('content-type', answerType(arrival.headers.accept));
    headers.set('vary', 'authorization, accept-language');
    if (progress.language !== undefined) headers.set('content-language', progress.language);
    return { status, headers, body: body.string };
  };
  const answer = async (arrival: Arrival): Promise<Answer> => {
    const progress: Progress = { beganAtMs: performance.now(), hasCaller: false };
    try {
      const work = admission.during(() => run(arrival, progress));
      return await within(work, REQUEST_DEADLINE_MS, () => {
        metrics.deadlineCuts.inc({ kind: 'request' });
        const mayBeDone = progress.hasCaller && isMutation(documents.textOf(arrival.body));
        return { status: 503, headers: JSON_HEADERS, body: cutOffBody(mayBeDone) };
      });
    } catch (error) {
      const errors = [formatError({ message: '' }, error)];
      return { status: 500, headers: JSON_HEADERS, body: JSON.stringify({ errors }) };
    }
  };
  return { answer, stop: () => apollo.stop() };
}

interface Progress {
  readonly beganAtMs: number;
  hasCaller: boolean;
  /** Of the messages in the answer; a caller who was not let in is answered in English. */
  language?: string;
}

const JSON_HEADERS: readonly [string, string][] = [['content-type', JSON_TYPE]];

/** Whether it may be a mutation; a word of that name in a query, or no text, only makes the answer more careful. */
function isMutation(text: string | undefined): boolean {
  return text === undefined || /\bmutation\b/.test(text);
}

/** Apollo would choose the form of its answer by them; answer-type.ts does. */
const NO_HEADERS = new HeaderMap();
