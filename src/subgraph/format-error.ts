/**
 * What leaves the service of an error. Expected ones keep their words; anything else is masked with an
 * id that the log has, so that no statement, host or path is ever shown.
 */
import { randomUUID } from 'node:crypto';
import { unwrapResolverError } from '@apollo/server/errors';
import type { GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import { NotAllowed, NotAuthenticated } from '../kernel/caller.js';
import { TooManyTries } from '../kernel/too-many-tries.js';
import { InputError } from '../kernel/input-error.js';
import { DatabaseUnavailable, isUnavailable, OutcomeUnknown } from '../storage/database-errors.js';

/** Codes of errors that GraphQL and Apollo make of malformed requests; their text is about the request. */
const ABOUT_THE_REQUEST = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'PERSISTED_QUERY_NOT_IN_LIST',
  'UNAUTHENTICATED',
]);

export function makeFormatError(log: Logger) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const original = unwrapResolverError(error);
    const shown = (code: string, message: string, more: object = {}): GraphQLFormattedError => ({
      message,
      ...(formatted.locations ? { locations: formatted.locations } : {}),
      ...(formatted.path ? { path: formatted.path } : {}),
      extensions: { code, ...more },
    });
    if (original instanceof InputError) {
      return shown('BAD_USER_INPUT', original.message, { field: original.field });
    }
    if (original instanceof NotAuthenticated) return shown('UNAUTHENTICATED', original.message);
    if (original instanceof NotAllowed) return shown('FORBIDDEN', original.message);
    if (original instanceof TooManyTries) {
      const retryAfter = new Date(original.retryAfterMs).toISOString();
      return shown('RATE_LIMITED', original.message, { retryable: true, retryAfter });
    }
    const code = formatted.extensions?.['code'];
    if (isOutage(original) || code === 'UNAVAILABLE') {
      log.warn({ err: original, path: formatted.path }, 'a store did not answer');
      return shown('UNAVAILABLE', 'Not available right now. Please try again.', {
        retryable: true,
      });
    }
    if (typeof code === 'string' && ABOUT_THE_REQUEST.has(code))
      return shown(code, formatted.message);
    const errorId = randomUUID();
    log.error({ err: original, errorId, path: formatted.path }, 'unexpected error');
    return shown('INTERNAL_SERVER_ERROR', 'Something went wrong.', { errorId });
  };
}

function isOutage(error: unknown): boolean {
  return (
    error instanceof DatabaseUnavailable || error instanceof OutcomeUnknown || isUnavailable(error)
  );
}
