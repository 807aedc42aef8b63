/** Claims at a steady rate, whoever is slow: a latency begins when its claim was due. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../../src/app.js';
import { callerOf } from '../../test/kit/world.js';

/** What became of the claims of one stretch of time. */
export interface Stretch {
  /** From when each was due, in the order in which they were answered. */
  readonly tookMs: readonly number[];
  readonly failures: number;
  readonly lastedMs: number;
}

/** Waits for an answer between two looks whether it is time for the next claim. */
const PAUSE_MS = 1;

let users = 0;

/** @param isOver asked between claims */
export async function claimSteadily(
  app: App,
  templateId: string,
  ratePerS: number,
  isOver: () => boolean,
): Promise<Stretch> {
  const tookMs: number[] = [];
  const open = new Set<Promise<void>>();
  let failures = 0;
  const beganMs = performance.now();
  for (let sent = 0; !isOver();) {
    const due = Math.floor(((performance.now() - beganMs) / 1_000) * ratePerS);
    for (; sent < due; sent += 1) {
      const dueMs = beganMs + (sent / ratePerS) * 1_000;
      const user = `new-${(users += 1)}`;
      const request = { templateId, idempotencyKey: 'k', channel: null, deviceId: null };
      const claim = app.claimCoupon
        .run(callerOf(user), request)
        .then(
          ({ ok }) => void (ok || (failures += 1)),
          () => void (failures += 1),
        )
        .finally(() => {
          tookMs.push(performance.now() - dueMs);
          open.delete(claim);
        });
      open.add(claim);
    }
    await sleep(PAUSE_MS);
  }
  const lastedMs = performance.now() - beganMs;
  await Promise.all(open);
  return { tookMs, failures, lastedMs };
}

export function together(stretches: readonly Stretch[]): Stretch {
  return {
    tookMs: stretches.flatMap(({ tookMs }) => tookMs),
    failures: stretches.reduce((sum, { failures }) => sum + failures, 0),
    lastedMs: stretches.reduce((sum, { lastedMs }) => sum + lastedMs, 0),
  };
}

/** @param share 0.99: so many of the claims were answered within it */
export function quantile({ tookMs }: Stretch, share: number): number {
  const sorted = tookMs.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
}
