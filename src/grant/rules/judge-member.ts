/** What an answer of issuing says of one user of a list. */
import type { FailureCode } from '../../kernel/rejection.js';
import type { Result } from '../../kernel/result.js';

export type Judgement =
  | { readonly state: 'GRANTED' }
  | { readonly state: 'REFUSED'; readonly code: FailureCode }
  /** Nobody knows, or nothing was done: the same question again tells. */
  | { readonly state: 'PENDING' };

const ASK_AGAIN: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'OUTCOME_UNKNOWN',
  'UNAVAILABLE',
  'OVERLOADED',
]);

/** A user who has the coupon of an earlier, interrupted try has it: a replay is a success. */
export function judgeMember(answer: Result<unknown>): Judgement {
  if (answer.ok) return { state: 'GRANTED' };
  const { code } = answer.rejection;
  return ASK_AGAIN.has(code) ? { state: 'PENDING' } : { state: 'REFUSED', code };
}
