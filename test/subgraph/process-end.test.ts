/** How the process ends, and what does not end it. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProcess } from '../kit/process.js';
import { openStores, type Stores } from '../kit/stores.js';

/** On SIGUSR2 somebody throws, on SIGHUP somebody leaves a rejection behind. */
const PLANTED = `data:text/javascript,
process.on('SIGUSR2', () => { throw new Error('planted'); });
process.on('SIGHUP', () => { void Promise.reject(new Error('planted')); });`;

describe('the process of the service', () => {
  let stores: Stores;
  beforeAll(async () => {
    stores = await openStores();
  });
  afterAll(() => stores.close());

  const startPlanted = () =>
    startProcess({
      MYSQL_URL: stores.mysqlUrl,
      REDIS_URL: stores.redisUrl,
      NODE_OPTIONS: `--import=${encodeURI(PLANTED)}`,
    });
  const isAlive = async (url: string) => (await fetch(new URL('/healthz', url))).ok;

  it('goes on after a rejection that nobody handled: a caller could provoke one', async () => {
    const service = await startPlanted();
    service.child.kill('SIGHUP');
    await sleep(200);
    expect(await isAlive(service.url)).toBe(true);
    await service.kill();
  });

  it('ends with 1 after a fault that nobody caught', async () => {
    const { child } = await startPlanted();
    child.kill('SIGUSR2');
    expect(await once(child, 'exit')).toEqual([1, null]);
  });

  it('ends at once at a second SIGTERM', async () => {
    const { child, url } = await startPlanted();
    expect(await isAlive(url)).toBe(true);
    child.kill('SIGTERM');
    await sleep(100);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([1, null]);
  });
});
