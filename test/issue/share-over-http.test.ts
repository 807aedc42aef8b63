/** A share that five hundred accept at once over HTTP, and a service that dies before it has rewarded the sharer. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/environment.js';
import { localSigner } from '../../src/subgraph/token-keys.js';
import { startProcess, type ServiceProcess } from '../kit/process.js';
import { ask } from '../kit/service.js';
import { openStores, type Stores } from '../kit/stores.js';
import { activeTemplate, openWorld, type World } from '../kit/world.js';

const CREATE = `mutation ($id: ID!) { createShare(input: { templateId: $id }) {
  ... on ShareCreated { share { token accepted limit reward { status couponId } } } } }`;
const ACCEPT = `mutation ($token: String!, $key: String!) {
  acceptShare(input: { token: $token, idempotencyKey: $key }) {
    ... on CouponClaimed { coupon { id channel } } ... on Rejection { code } } }`;

interface Created {
  readonly createShare: {
    readonly share: {
      readonly token: string;
      readonly accepted: number;
      readonly limit: number;
      readonly reward: { readonly status: string; readonly couponId: string | null };
    };
  };
}
interface Accepted {
  readonly acceptShare: { readonly coupon?: { readonly id: string }; readonly code?: string };
}

describe('a share over HTTP', () => {
  let stores: Stores;
  let world: World;
  let dataDir: string;
  let env: Record<string, string>;
  let sign: (claims: { sub: string }) => Promise<string>;
  beforeAll(async () => {
    stores = await openStores();
    world = await openWorld(stores);
    dataDir = await mkdtemp(join(tmpdir(), 'coupons-share-'));
    env = {
      MYSQL_URL: stores.mysqlUrl,
      REDIS_URL: stores.redisUrl,
      DATA_DIR: dataDir,
      LOG_LEVEL: 'info',
      CLAIMS_PER_NETWORK_PER_HOUR: '0',
    };
    sign = await localSigner(readConfig(env));
  });
  afterAll(async () => {
    await world.close();
    await stores.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const running: ServiceProcess[] = [];
  const begin = async (more: Record<string, string>) => {
    const service = await startProcess(more);
    running.push(service);
    return service;
  };
  afterEach(() => Promise.all(running.splice(0).map((service) => service.kill())));

  const shared = async (acceptLimit: number) => {
    const prize = await activeTemplate(world, { claimMethod: 'GRANT_ONLY' });
    const share = { acceptLimit, rewardTemplateId: prize.id };
    const more = { claimMethod: 'SHARE', share, totalCount: 1_000 } as const;
    return { prize, template: await activeTemplate(world, more) };
  };
  const shareOf = async (url: string, id: string) => {
    const { data } = await ask<Created, object>(url, CREATE, { id }, await sign({ sub: 'anna' }));
    return data!.createShare.share;
  };
  const accept = async (url: string, token: string, sub: string) => {
    const { data } = await ask<Accepted, object>(
      url,
      ACCEPT,
      { token, key: 'once' },
      await sign({ sub }),
    );
    // No data: the server has too much to do and was asked nothing.
    return data ? (data.acceptShare.code ?? 'CLAIMED') : 'OVERLOADED';
  };
  const rewards = async (id: string) =>
    (await stores.database.rows('SELECT user_id AS u FROM coupon WHERE template_id = ?', [id])).map(
      (row) => row['u'],
    );

  it('gives exactly ten of five hundred a coupon with Redis emptied in the middle, and one reward', async () => {
    const service = await begin(env);
    const { prize, template } = await shared(10);
    const { token } = await shareOf(service.url, template.id);
    const asked = Array.from({ length: 500 }, (_, i) => accept(service.url, token, `user-${i}`));
    await Promise.race(asked);
    await stores.redis.client.flushdb();
    const codes = await Promise.all(asked);
    // Whoever could not be served in time asks again, as any client does.
    for (const i of codes.keys())
      for (let tries = 0; tries < 20 && !/CLAIMED|SHARE_FULL/.test(codes[i]!); tries += 1)
        codes[i] = await accept(service.url, token, `user-${i}`);
    expect(codes.filter((code) => code === 'CLAIMED')).toHaveLength(10);
    expect(codes.filter((code) => code === 'SHARE_FULL')).toHaveLength(490);
    await expect
      .poll(async () => (await shareOf(service.url, template.id)).reward.status, {
        timeout: 20_000,
      })
      .toBe('PAID');
    expect(await shareOf(service.url, template.id)).toMatchObject({ accepted: 10, limit: 10 });
    expect(await rewards(template.id)).toHaveLength(10);
    expect(await rewards(prize.id)).toEqual(['anna']);
    expect(await service.terminate()).toBe(0);
    expect((await world.verify()).violations).toEqual([]);
  }, 120_000);

  it('owes the reward through a crash between the last acceptance and its payment', async () => {
    const { prize, template } = await shared(2);
    // Without the worker's role nobody pays.
    const api = await begin({ ...env, ROLE: 'api' });
    const { token } = await shareOf(api.url, template.id);
    for (const user of ['bea', 'carl']) expect(await accept(api.url, token, user)).toBe('CLAIMED');
    expect((await shareOf(api.url, template.id)).reward.status).toBe('PENDING');
    await api.kill();
    await stores.redis.client.flushdb();
    const next = await begin(env);
    await expect
      .poll(async () => (await shareOf(next.url, template.id)).reward.status, { timeout: 20_000 })
      .toBe('PAID');
    expect(await rewards(prize.id)).toEqual(['anna']);
    expect(await next.terminate()).toBe(0);
    expect((await world.verify()).violations).toEqual([]);
  }, 120_000);
});
