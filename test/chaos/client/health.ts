/** What a balancer sees of a service. */
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';

/** @param url of its GraphQL endpoint */
export async function isReady(url: string): Promise<boolean> {
  const { statusCode, body } = await request(new URL('/readyz', url), { headersTimeout: 10_000 });
  await body.dump();
  return statusCode === 200;
}

const PATIENCE_MS = 15_000;

/** @throws where it does not come true in time */
export async function until(isTrue: () => Promise<boolean>, what: string): Promise<void> {
  const untilMs = performance.now() + PATIENCE_MS;
  while (!(await isTrue())) {
    if (performance.now() > untilMs) throw new Error(`not within ${PATIENCE_MS} ms: ${what}`);
    await sleep(50);
  }
}
