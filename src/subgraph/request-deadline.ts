/**
 * Every request ends within REQUEST_DEADLINE_MS, whatever it waits for.
 *
 * A mutation that is cut off may have been done, so it answers OUTCOME_UNKNOWN, as a Rejection like any
 * other; one that had not begun was not done: UNAVAILABLE. A query is cut off at the request: UNAVAILABLE.
 */
import type { GraphQLSchema } from 'graphql';
import { DEADLINE_MARGIN_MS, REQUEST_DEADLINE_MS } from '../config/limits.js';
import { toRejection } from '../graph/rejection.graphql.js';
import type { RequestContext } from '../graph/request.js';
import { rejection } from '../kernel/rejection.js';
import { within } from '../kernel/within.js';

/** Gives every mutation its end, a little before the request's own, so that its answer is typed. */
export function limitMutationTime(
  schema: GraphQLSchema,
  onCut: () => void,
  deadlineMs = REQUEST_DEADLINE_MS - DEADLINE_MARGIN_MS,
): void {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const { resolve } = field;
    if (resolve === undefined) throw new Error(`${field.name} has no resolver`);
    field.resolve = (source, args, context: RequestContext, info) => {
      const leftMs = context.beganAtMs + deadlineMs - performance.now();
      if (leftMs <= 0) return toRejection(rejection('UNAVAILABLE'), context.caller);
      return within<unknown>(Promise.try(resolve, source, args, context, info), leftMs, () => {
        onCut();
        return toRejection(rejection('OUTCOME_UNKNOWN'), context.caller);
      });
    };
  }
}

/** What a request is told that was cut off with nothing better to say. */
export function cutOffBody(mayBeDone: boolean): string {
  const [code, message] = mayBeDone
    ? ['OUTCOME_UNKNOWN', 'The outcome is not known yet. Ask again with the same key.']
    : ['UNAVAILABLE', 'Not available right now. Please try again.'];
  return JSON.stringify({ errors: [{ message, extensions: { code, retryable: true } }] });
}
