/** SIGTERM while callers are asking over connections they keep: whoever was heard is answered. */
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProcess } from '../kit/process.js';
import { openStores, type Stores } from '../kit/stores.js';

const BODY = JSON.stringify({ query: '{ claimableTemplates { totalCount } }' });

interface Told {
  readonly status: number;
  readonly isLastOfConnection: boolean;
}

/** One request over a kept connection. @throws where the connection ended without an answer */
function post(url: string, agent: Agent): Promise<Told> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': BODY.length };
    const asked = request(url, { method: 'POST', agent, headers }, (response) => {
      const isLastOfConnection = response.headers.connection === 'close';
      response.on('end', () => resolve({ status: response.statusCode!, isLastOfConnection }));
      response.on('error', reject);
      response.resume();
    });
    asked.on('error', reject);
    asked.end(BODY);
  });
}

describe('a service that is told to stop', () => {
  let stores: Stores;
  let env: Record<string, string>;
  beforeAll(async () => {
    stores = await openStores();
    const dataDir = await mkdtemp(join(tmpdir(), 'coupons-draining-'));
    env = {
      DATA_DIR: dataDir,
      MYSQL_URL: stores.mysqlUrl,
      REDIS_URL: stores.redisUrl,
      LOG_LEVEL: 'info',
    };
  });
  afterAll(async () => {
    await stores.close();
    await rm(env['DATA_DIR']!, { recursive: true, force: true });
  });

  it('answers every request that was sent before its connection was closed, and exits 0', async () => {
    const service = await startProcess(env);
    const told: Told[] = [];
    const lost: unknown[] = [];
    let first: () => void;
    const underWay = new Promise<void>((resolve) => (first = resolve));
    // Each caller keeps one connection and asks on until it is told that this was its last answer.
    const callers = Array.from({ length: 20 }, async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      for (let isOpen = true; isOpen;) {
        try {
          const answer = await post(service.url, agent);
          told.push(answer);
          first();
          isOpen = !answer.isLastOfConnection;
        } catch (error) {
          lost.push(error);
          isOpen = false;
        }
      }
      agent.destroy();
    });
    await underWay;
    const [code] = await Promise.all([service.terminate(), ...callers]);
    expect(lost).toEqual([]);
    expect(new Set(told.map(({ status }) => status))).toEqual(new Set([200]));
    expect(told.filter(({ isLastOfConnection }) => isLastOfConnection)).toHaveLength(20);
    expect(code).toBe(0);
  });
});
