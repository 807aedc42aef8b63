/**
 * How long operations take, by the root field that they ask. The names come from the schema, never from
 * what a caller called its operation: a document of several fields is `several`, one that asks through a
 * fragment `other`.
 */
import type { ApolloServerPlugin, GraphQLRequestListener } from '@apollo/server';
import { Kind, type OperationDefinitionNode } from 'graphql';
import type { Histogram } from 'prom-client';
import type { RequestContext } from '../graph/request.js';

/** Of one operation and outcome; there are as many as the schema has root fields, twice. */
type Timer = ReturnType<Histogram['labels']>;

export function timeOperations(
  operations: Histogram<'operation' | 'outcome'>,
): ApolloServerPlugin<RequestContext> {
  const timers = new Map<string, Timer>();
  const timerOf = (operation: string, outcome: string): Timer => {
    const key = `${operation} ${outcome}`;
    const timer = timers.get(key) ?? operations.labels({ operation, outcome });
    if (!timers.has(key)) timers.set(key, timer);
    return timer;
  };
  const listener: GraphQLRequestListener<RequestContext> = {
    willSendResponse: async ({ operation, contextValue, response }) => {
      if (operation === undefined) return;
      const { body } = response;
      const isOk = body.kind === 'single' && body.singleResult.errors === undefined;
      const tookMs = performance.now() - contextValue.beganAtMs;
      timerOf(nameOf(operation), isOk ? 'ok' : 'error').observe(tookMs / 1_000);
    },
  };
  return { requestDidStart: async () => listener };
}

/** Apollo tells of an operation only after it was validated, so the field is one of the schema. */
function nameOf({ selectionSet: { selections } }: OperationDefinitionNode): string {
  const [first] = selections;
  if (selections.length > 1) return 'several';
  return first?.kind === Kind.FIELD ? first.name.value : 'other';
}
