/** The guard as customers and operators meet it: through the whole service, over HTTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { doWork } from '../../src/guard/rules/proof-of-work.js';
import { ROUTER_PROOF_HEADER, signForService } from '../../src/subgraph/sign-for-service.js';
import { start, type TestService } from '../kit/service.js';
import { activeTemplate } from '../kit/world.js';
import { startRemote, type Remote } from './remote.js';

const CLAIM = `mutation ($input: ClaimCouponInput!) { claimCoupon(input: $input) {
  __typename ... on CouponClaimed { coupon { id } replayed }
  ... on Rejection { code message retryable retryAfter } } }`;
const SECRET = 'the secret of the router and of nobody else';
const BITS = 10;

interface Answer {
  readonly __typename: string;
  readonly code?: string;
  readonly retryAfter?: string | null;
  readonly coupon?: { readonly id: string };
  readonly replayed?: boolean;
}

describe('a claim over HTTP', () => {
  let service: TestService;
  let risk: Remote;
  beforeAll(async () => {
    risk = await startRemote({ score: 0 });
    service = await start({
      env: {
        ROUTER_SECRETS: SECRET,
        TRUSTED_HOPS: '2',
        RISK_URL: risk.url,
        RISK_DEADLINE_MS: '2000',
        PROOF_OF_WORK_BITS: String(BITS),
      },
    });
  });
  afterAll(async () => {
    await service.stop();
    await risk.close();
  });

  const template = async (overrides: Parameters<typeof activeTemplate>[1] = {}) => {
    const world = { app: service.app, clock: service.app.clock };
    return activeTemplate(world, overrides);
  };
  /** As the router sends it: with its proof, and with where it saw the customer. */
  const asRouter = <Data>(
    query: string,
    variables: object,
    token: string,
    forwardedFor?: string,
  ) => {
    const authorization = `Bearer ${token}`;
    const request = { authorization, forwardedFor, body: { query, variables } };
    return service.query<Data>(query, variables as Record<string, unknown>, token, {
      [ROUTER_PROOF_HEADER]: signForService(SECRET, request, Date.now()),
      ...(forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor }),
    });
  };
  let keys = 0;
  const claim = async (
    userId: string,
    templateId: string,
    input: object = {},
    forwarded = '203.0.113.7, 10.0.0.2',
  ): Promise<Answer> => {
    const token = await service.token({ sub: userId });
    const given = { templateId, idempotencyKey: `key-${(keys += 1)}`, ...input };
    const { data } = await asRouter<{ claimCoupon: Answer }>(
      CLAIM,
      { input: given },
      token,
      forwarded,
    );
    return data!.claimCoupon;
  };
  const fill = async (templateId: string, forwarded?: string) => {
    for (let i = 0; i < 10; i += 1) {
      const answer = await claim(`first-${i}`, templateId, {}, forwarded);
      expect(answer).toMatchObject({ __typename: 'CouponClaimed' });
    }
  };

  it('beyond the rate of its network is told when to come again', async () => {
    const { id } = await template();
    const beganMs = Date.now();
    await fill(id);
    const refused = await claim('eve', id);
    expect(refused).toMatchObject({
      __typename: 'Rejection',
      code: 'RATE_LIMITED',
      retryable: true,
    });
    const afterMs = Date.parse(refused.retryAfter!) - beganMs;
    expect(afterMs).toBeGreaterThanOrEqual(3_600_000);
    expect(afterMs).toBeLessThan(3_700_000);
  });

  it('does not come from where the customer says, but from where the router saw it', async () => {
    const { id } = await template();
    await fill(id, '198.51.100.1, 203.0.113.7, 10.0.0.2');
    for (const lie of ['198.51.100.2', '', '127.0.0.1', 'unknown', '203.0.113.7, 198.51.100.2']) {
      const answer = await claim('eve', id, {}, `${lie}, 203.0.113.7, 10.0.0.2`);
      expect(answer, lie).toMatchObject({ code: 'RATE_LIMITED' });
    }
    const other = await claim('eve', id, {}, '203.0.113.7, 198.51.100.2, 10.0.0.2');
    expect(other).toMatchObject({ __typename: 'CouponClaimed' });
  });

  it('beyond the limit of its device is told when to come again', async () => {
    const { id } = await template({ limits: { perNetworkPerHour: 0, perDevicePerDay: 2 } });
    const codes = [];
    for (const user of ['da', 'db', 'dc'])
      codes.push(await claim(user, id, { deviceId: 'tablet' }));
    expect(codes.map(({ code }) => code)).toEqual([undefined, undefined, 'DEVICE_LIMITED']);
    expect(Date.parse(codes[2]!.retryAfter!)).toBeGreaterThan(Date.now() + 86_000_000);
  });

  it('is asked for a proof, and goes through with it and the same key', async () => {
    const { id } = await template({ verification: 'ALWAYS' });
    const input = { idempotencyKey: 'with-proof' };
    expect(await claim('anna', id, input)).toMatchObject({ code: 'VERIFICATION_REQUIRED' });
    const verificationToken = doWork({ userId: 'anna', templateId: id }, BITS, Date.now());
    const done = await claim('anna', id, { ...input, verificationToken });
    expect(done).toMatchObject({ __typename: 'CouponClaimed', replayed: false });
    const again = await claim('anna', id, input);
    expect(again).toMatchObject({ coupon: done.coupon, replayed: true });
  });

  it('that had success gets its coupon again, whatever the guard says now', async () => {
    const { id } = await template();
    const input = { idempotencyKey: 'lucky' };
    const first = await claim('lucy', id, input);
    risk.answer = { score: 1 };
    expect(await claim('lucy', id, input)).toMatchObject({ coupon: first.coupon, replayed: true });
    risk.answer = { score: 0 };
  });

  it('of a closed or sold-out template is no work for the guard', async () => {
    const soldOut = await template({ totalCount: 1 });
    await claim('first', soldOut.id);
    await service.app.catalog.forget(soldOut.id);
    const closed = await template({
      claimFrom: Date.now() + 3_600_000,
      claimUntil: Date.now() + 7_200_000,
    });
    const asked = risk.asked.length;
    const countedBefore = await service.stores.redis.client.keys(`{net:*}:claims:${soldOut.id}`);
    for (let i = 0; i < 12; i += 1) {
      expect(await claim(`late-${i}`, soldOut.id)).toMatchObject({ code: 'SOLD_OUT' });
      expect(await claim(`early-${i}`, closed.id)).toMatchObject({ code: 'CLAIM_NOT_OPEN' });
    }
    expect(await claim('first', soldOut.id)).toMatchObject({ code: 'USER_LIMIT_REACHED' });
    expect(risk.asked).toHaveLength(asked);
    const { client } = service.stores.redis;
    expect(await client.keys(`{net:*}:claims:${closed.id}`)).toEqual([]);
    expect(await client.zcard(countedBefore[0]!)).toBe(1);
  });

  it('denied for its risk is counted in the metrics and by the minute, for operators only', async () => {
    const { id } = await template();
    risk.answer = { score: 0.95 };
    for (const user of ['mallory', 'trudy'])
      expect(await claim(user, id)).toMatchObject({ code: 'RISK_DENIED', retryAfter: null });
    risk.answer = { score: 0 };
    await service.app.refusals.drain();
    const query = `query ($id: ID!) { template(id: $id) { riskDenials { minute denied } } }`;
    const ask = async (scope: string | undefined) =>
      asRouter<{ template: { riskDenials: { denied: number }[] } }>(
        query,
        { id },
        await service.token({ sub: 'olga', scope }),
      );
    const { data } = await ask('coupons:admin');
    expect(data!.template.riskDenials.reduce((sum, { denied }) => sum + denied, 0)).toBe(2);
    expect((await ask(undefined)).errors[0]!.extensions.code).toBe('FORBIDDEN');
    const metrics = await (await fetch(service.url.replace('/graphql', '/metrics'))).text();
    expect(metrics).toMatch(/coupons_guard_refusals_total\{step="RISK",code="RISK_DENIED"\} [1-9]/);
    expect(metrics).not.toMatch(/mallory|203\.0\.113/);
  });

  it('with a token that no verifier could have made is malformed input', async () => {
    const { id } = await template();
    const token = await service.token({ sub: 'anna' });
    for (const verificationToken of ['', 'with blank', 'ü', 'x'.repeat(2_049)]) {
      const input = { templateId: id, idempotencyKey: 'k', verificationToken };
      const { errors } = await asRouter(CLAIM, { input }, token);
      expect(errors[0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
    }
  });
});
