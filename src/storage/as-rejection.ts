/**
 * The one place where a database that failed becomes an answer.
 *
 * Promise: every request ends with a success, a refusal or a typed retryable failure. Nothing was done:
 * UNAVAILABLE. The answer to a commit was lost: OUTCOME_UNKNOWN, and the same request asked again tells.
 * Anything else is a fault and goes on being thrown.
 */
import { rejection } from '../kernel/rejection.js';
import { rejected, type Result } from '../kernel/result.js';
import { DatabaseUnavailable, isUnavailable, OutcomeUnknown } from './database-errors.js';

/** Runs `work`; a database that did not answer is a refusal, not an exception. */
export async function settled<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OutcomeUnknown) return rejected(rejection('OUTCOME_UNKNOWN'));
    if (error instanceof DatabaseUnavailable || isUnavailable(error))
      return rejected(rejection('UNAVAILABLE'));
    throw error;
  }
}
