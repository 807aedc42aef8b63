/** Claims at a steady rate, whoever is slow: a latency begins when its claim was due. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../../src/app.js';
import { callerOf } from '../../test/kit/world.js';

export interface Latencies {
  readonly claims: number;
  readonly failures: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

let users = 0;

/** @param isOver asked between claims */
export async function claimSteadily(
  app: App,
  templateId: string,
  ratePerS: number,
  isOver: () => boolean,
): Promise<Latencies> {
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
        .then(({ ok }) => void (ok || (failures += 1)))
        .finally(() => {
          tookMs.push(performance.now() - dueMs);
          open.delete(claim);
        });
      open.add(claim);
    }
    await sleep(1);
  }
  await Promise.all(open);
  tookMs.sort((a, b) => a - b);
  const at = (share: number) => tookMs[Math.floor(tookMs.length * share)] ?? Number.NaN;
  return { claims: tookMs.length, failures, p50Ms: at(0.5), p99Ms: at(0.99) };
}
