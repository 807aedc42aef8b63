/** What a stretch of time looked like to the customers, in numbers. */
import { REQUEST_DEADLINE_MS } from '../../../src/config/limits.js';
import type { Attempt } from '../history/history.types.js';

export interface Answers {
  readonly count: number;
  readonly coupons: number;
  readonly unknown: number;
  /** By code; NONE: the link broke. */
  readonly codes: ReadonlyMap<string, number>;
  readonly couponsPerS: number;
  readonly slowestMs: number;
}

/** Of the requests sent between two moments of the runner's clock. */
export function readAnswers(
  attempts: readonly Attempt[],
  fromMs: number,
  untilMs = Infinity,
): Answers {
  const own = attempts.filter(({ invokedMs }) => invokedMs >= fromMs && invokedMs < untilMs);
  const codes = new Map<string, number>();
  for (const attempt of own) {
    const code = codeOf(attempt);
    codes.set(code, 1 + (codes.get(code) ?? 0));
  }
  const coupons = codes.get('COUPON') ?? 0;
  const lastMs = Math.min(untilMs, Math.max(fromMs, ...own.map(({ returnedMs }) => returnedMs)));
  return {
    count: own.length,
    coupons,
    unknown: (codes.get('OUTCOME_UNKNOWN') ?? 0) + (codes.get('NONE') ?? 0),
    codes,
    couponsPerS: lastMs > fromMs ? Math.round((coupons * 1_000) / (lastMs - fromMs)) : 0,
    slowestMs: Math.round(Math.max(0, ...own.map((a) => a.returnedMs - a.invokedMs))),
  };
}

export function codeOf({ answer }: Attempt): string {
  return answer.kind === 'REFUSED' ? answer.code : answer.kind;
}

export const told = (codes: ReadonlyMap<string, number>): string =>
  [...codes].map(([code, count]) => `${code} ${count}`).join(', ');

/** The runner and the machine may be busy. */
const SLACK_MS = 1_500;

/** Requests that nobody answered within the service's own deadline. */
export function lateAnswers(attempts: readonly Attempt[]): string[] {
  return attempts
    .filter(({ invokedMs, returnedMs }) => returnedMs - invokedMs > REQUEST_DEADLINE_MS + SLACK_MS)
    .map((late) => `${late.user} waited ${Math.round(late.returnedMs - late.invokedMs)} ms`);
}
