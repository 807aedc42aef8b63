/** A flash sale over HTTP whose server is killed in the middle, and one that is asked to stop. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/environment.js';
import { localSigner } from '../../src/subgraph/token-keys.js';
import { startProcess, type ServiceProcess } from '../kit/process.js';
import { ask } from '../kit/service.js';
import { openStores, type Stores } from '../kit/stores.js';
import { activeTemplate, openWorld, type World } from '../kit/world.js';

const CLAIM = `mutation ($input: ClaimCouponInput!) { claimCoupon(input: $input) {
  __typename ... on CouponClaimed { coupon { id } replayed } ... on Rejection { code retryable } } }`;

interface Claimed {
  readonly claimCoupon: {
    readonly __typename: string;
    readonly coupon?: { readonly id: string };
    readonly code?: string;
    readonly retryable?: boolean;
  };
}

describe('a service that dies in a flash sale', () => {
  let stores: Stores;
  let world: World;
  let dataDir: string;
  let env: Record<string, string>;
  let tokens: string[];
  beforeAll(async () => {
    stores = await openStores();
    world = await openWorld(stores);
    dataDir = await mkdtemp(join(tmpdir(), 'coupons-crash-'));
    env = {
      MYSQL_URL: stores.mysqlUrl,
      REDIS_URL: stores.redisUrl,
      DATA_DIR: dataDir,
      LOG_LEVEL: 'info',
    };
    const sign = await localSigner(readConfig(env));
    tokens = await Promise.all(Array.from({ length: 300 }, (_, i) => sign({ sub: `user-${i}` })));
  });
  afterAll(async () => {
    await world.close();
    await stores.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  /** One attempt of claim number i. undefined: no answer came. */
  const attempt = async (url: string, templateId: string, i: number) => {
    const input = { templateId, idempotencyKey: `claim-${i}` };
    try {
      const { data } = await ask<Claimed, { input: typeof input }>(
        url,
        CLAIM,
        { input },
        tokens[Math.floor(i * 0.3)],
      );
      return data?.claimCoupon;
    } catch {
      return undefined;
    }
  };

  it('has issued exactly the total after a kill -9, a restart and retries with the same keys', async () => {
    const { id } = await activeTemplate(world, { totalCount: 100, perUserLimit: 2 });
    const acked = new Map<number, string>();
    let service: ServiceProcess = await startProcess(env);
    const numbers = Array.from({ length: 1_000 }, (_, i) => i);
    const ask = async (i: number) => {
      const answer = await attempt(service.url, id, i);
      if (answer?.coupon) acked.set(i, answer.coupon.id);
      return answer;
    };
    const early = await Promise.all(numbers.slice(0, 50).map(ask));
    expect(acked.size).toBeGreaterThan(0);
    // Far more than a server can answer in this time, so the kill meets claims in every stage.
    const late = Promise.all(numbers.slice(50).map(ask));
    setTimeout(() => service.child.kill('SIGKILL'), 40);
    const answers = [...early, ...(await late)];
    await service.kill();
    expect(answers.filter((answer) => answer === undefined).length).toBeGreaterThan(0);
    service = await startProcess(env);
    const open = answers.flatMap((answer, i) =>
      answer === undefined || answer.retryable ? [i] : [],
    );
    await Promise.all(
      open.map(async (i) => {
        for (let tries = 0; tries < 10; tries += 1) {
          const answer = await attempt(service.url, id, i);
          if (answer?.coupon) acked.set(i, answer.coupon.id);
          if (answer !== undefined && answer.retryable !== true) return;
        }
      }),
    );
    expect(await service.terminate()).toBe(0);

    const rows = await stores.database.rows(
      'SELECT id, user_id AS u FROM coupon WHERE template_id = ?',
      [id],
    );
    const ids = new Set(rows.map((row) => row['id']));
    expect(rows).toHaveLength(100);
    expect([...acked.values()].filter((couponId) => !ids.has(couponId))).toEqual([]);
    expect(new Set(acked.values()).size).toBe(acked.size);
    expect((await world.verify()).violations).toEqual([]);
  });

  it('answers everything in hand after SIGTERM, and exits 0 within ten seconds', async () => {
    const { id } = await activeTemplate(world, { totalCount: 500, perUserLimit: 5 });
    const service = await startProcess(env);
    const asked = Array.from({ length: 200 }, (_, i) =>
      attempt(service.url, id, 5_000 + (i % 900)),
    );
    await Promise.race(asked);
    const startedMs = performance.now();
    const [code, answers] = await Promise.all([service.terminate(), Promise.all(asked)]);
    expect(code).toBe(0);
    expect(performance.now() - startedMs).toBeLessThan(10_000);
    const coupons = answers.flatMap((answer) => (answer?.coupon ? [answer.coupon.id] : []));
    const [row] = await stores.database.rows(
      'SELECT COUNT(*) AS n FROM coupon WHERE template_id = ?',
      [id],
    );
    expect(Number(row!['n'])).toBe(coupons.length);
  });
});
