/** What an answer proves, and what it leaves open. */
import type { Answer } from './history.types.js';

/** Whether the request may have made a coupon: it did, or nobody knows. */
export function mayHaveMade(answer: Answer): boolean {
  return answer.kind !== 'REFUSED' || answer.code === 'OUTCOME_UNKNOWN';
}

/** A refusal that says that this key had no success up to now. */
export function deniesSuccess(answer: Answer): boolean {
  return answer.kind === 'REFUSED' && ['SOLD_OUT', 'USER_LIMIT_REACHED'].includes(answer.code);
}

/** Refused before anything was taken, even for a moment. */
export function tookNothing(answer: Answer): boolean {
  return (
    answer.kind === 'REFUSED' &&
    ['SOLD_OUT', 'USER_LIMIT_REACHED', 'OVERLOADED'].includes(answer.code)
  );
}

/** Asked again it would not change: a coupon, or a refusal that is not about the moment. */
export function isFinal(answer: Answer): boolean {
  if (answer.kind !== 'REFUSED') return answer.kind === 'COUPON';
  return !['OUTCOME_UNKNOWN', 'UNAVAILABLE', 'OVERLOADED', 'RATE_LIMITED'].includes(answer.code);
}
