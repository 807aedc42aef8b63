/**
 * When to stop asking a MySQL that lets callers wait in vain.
 *
 * Only waiting counts: a link that is refused at once costs nothing to try again. And only where MySQL
 * gave no sign of life meanwhile: under load some wait long while others are served. After the pause one
 * caller at a time goes in; the others are still told at once. A sign of life opens it for all.
 */
export interface Breaker {
  /** Callers are told at once until then. 0: open to all. */
  readonly shutUntilMs: number;
  readonly lastSignMs: number;
}

export const CLOSED: Breaker = { shutUntilMs: 0, lastSignMs: -Infinity };

/** @returns whether a caller may try; if so after a pause, it goes alone for as long as `probeMs` */
export function enter(
  breaker: Breaker,
  nowMs: number,
  probeMs: number,
): { readonly mayTry: boolean; readonly next: Breaker } {
  if (breaker.shutUntilMs === 0) return { mayTry: true, next: breaker };
  if (nowMs < breaker.shutUntilMs) return { mayTry: false, next: breaker };
  return { mayTry: true, next: { ...breaker, shutUntilMs: nowMs + probeMs } };
}

export function signOfLife(nowMs: number): Breaker {
  return { shutUntilMs: 0, lastSignMs: nowMs };
}

/** Somebody waited since `beganMs` and got nothing. */
export function waitedInVain(
  breaker: Breaker,
  beganMs: number,
  nowMs: number,
  pauseMs: number,
): Breaker {
  if (breaker.lastSignMs >= beganMs) return breaker;
  return { ...breaker, shutUntilMs: nowMs + pauseMs };
}
