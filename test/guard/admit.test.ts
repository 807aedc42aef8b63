/** Who is let in: every step of the guard, alone and together, and what it does without its helpers. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SERVICE_FAILURES_MAX } from '../../src/config/limits.js';
import type { Guard } from '../../src/guard/guard.js';
import type { ClaimAttempt } from '../../src/guard/guard.types.js';
import { doWork } from '../../src/guard/rules/proof-of-work.js';
import { HttpRiskService } from '../../src/guard/score-risk.js';
import { HttpVerifier } from '../../src/guard/verify-person.js';
import { connectRedis, RedisStore, RedisUnavailable } from '../../src/storage/redis.js';
import { openStores, type Stores } from '../kit/stores.js';
import { attemptOf, BITS, guardOn, NOW_MS, recorder, templateOf } from './attempt.js';
import { startRemote, type Remote } from './remote.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PATIENT_MS = 5_000;

const workOf = ({ userId, template }: Pick<ClaimAttempt, 'userId' | 'template'>) =>
  doWork({ userId, templateId: template.id }, BITS, NOW_MS);

describe('the guard', () => {
  let stores: Stores;
  let guard: Guard;
  const remotes: Remote[] = [];
  beforeAll(async () => {
    stores = await openStores();
  });
  beforeEach(async () => {
    await stores.redis.client.flushdb();
    guard = guardOn(stores.redis);
  });
  afterEach(async () => {
    for (const remote of remotes.splice(0)) await remote.close();
  });
  afterAll(() => stores.close());

  const codeOf = async (attempt: ClaimAttempt, by = guard) => (await by.admit(attempt))?.code;
  const serviceOf = async (answer: Remote['answer']) => {
    const remote = await startRemote(answer);
    remotes.push(remote);
    return remote;
  };
  /** Fills the network of the template up to its ten. */
  const fill = async (template: ClaimAttempt['template'], address: string) => {
    for (let i = 0; i < 10; i += 1)
      expect(await codeOf(attemptOf({ template, address, userId: `first-${i}` }))).toBeUndefined();
  };

  describe('of a network', () => {
    const address = '203.0.113.7';

    it('lets ten claims an hour in, and tells the eleventh when to come again', async () => {
      const template = templateOf();
      await fill(template, address);
      expect(await guard.admit(attemptOf({ template, address }))).toEqual({
        code: 'RATE_LIMITED',
        retryable: true,
        retryAfterMs: NOW_MS + HOUR_MS,
      });
      const late = (nowMs: number) => codeOf(attemptOf({ template, address, nowMs }));
      expect(await late(NOW_MS + HOUR_MS - 1)).toBe('RATE_LIMITED');
      expect(await late(NOW_MS + HOUR_MS)).toBeUndefined();
    });

    it('lets a retry with the same key in, and counts it once', async () => {
      const template = templateOf();
      const attempt = attemptOf({ template, address });
      for (let i = 0; i < 30; i += 1) expect(await codeOf(attempt)).toBeUndefined();
      for (let i = 0; i < 9; i += 1)
        expect(await codeOf(attemptOf({ template, address }))).toBeUndefined();
      expect(await codeOf(attemptOf({ template, address }))).toBe('RATE_LIMITED');
      expect(await codeOf(attempt)).toBeUndefined();
    });

    it('does not count who was refused: waiting always helps', async () => {
      const template = templateOf();
      await fill(template, address);
      for (let i = 0; i < 20; i += 1)
        await codeOf(attemptOf({ template, address, nowMs: NOW_MS + i }));
      const nowMs = NOW_MS + HOUR_MS;
      expect(await codeOf(attemptOf({ template, address, nowMs }))).toBeUndefined();
    });

    it('takes all addresses of a /64 for one, and other networks for others', async () => {
      const template = templateOf();
      for (let i = 0; i < 10; i += 1)
        await codeOf(attemptOf({ template, address: `2001:db8:1:2:${i + 1}::${i}` }));
      const from = (other: string) => codeOf(attemptOf({ template, address: other }));
      expect(await from('2001:db8:1:2:ffff::1')).toBe('RATE_LIMITED');
      expect(await from('2001:db8:1:3::1')).toBeUndefined();
    });

    it('takes the limit of the template before that of the deployment, and 0 for none', async () => {
      const tight = templateOf({ limits: { perNetworkPerHour: 1, perDevicePerDay: null } });
      const open = templateOf({ limits: { perNetworkPerHour: 0, perDevicePerDay: null } });
      const codes = async (template: ClaimAttempt['template'], count: number) =>
        Promise.all(Array.from({ length: count }, () => codeOf(attemptOf({ template, address }))));
      expect(await codes(tight, 3)).toEqual([undefined, 'RATE_LIMITED', 'RATE_LIMITED']);
      expect(new Set(await codes(open, 50))).toEqual(new Set([undefined]));
    });

    it('asks for a proof before it refuses, where the template verifies', async () => {
      const template = templateOf({ verification: 'WHEN_RISKY' });
      await fill(template, address);
      const attempt = attemptOf({ template, address });
      expect(await guard.admit(attempt)).toEqual({
        code: 'VERIFICATION_REQUIRED',
        retryable: false,
      });
      expect(await codeOf({ ...attempt, verificationToken: workOf(attempt) })).toBeUndefined();
    });
  });

  it('lets five claims a day in from a device, of all templates together', async () => {
    const deviceId = 'phone';
    for (let i = 0; i < 5; i += 1) expect(await codeOf(attemptOf({ deviceId }))).toBeUndefined();
    expect(await guard.admit(attemptOf({ deviceId }))).toEqual({
      code: 'DEVICE_LIMITED',
      retryable: true,
      retryAfterMs: NOW_MS + DAY_MS,
    });
    expect(await codeOf(attemptOf({ deviceId: 'another' }))).toBeUndefined();
  });

  it('does not take the places of a network with claims that the device refused', async () => {
    const template = templateOf();
    const address = '203.0.113.7';
    for (let i = 0; i < 40; i += 1)
      await codeOf(attemptOf({ template, address, deviceId: 'farm' }));
    for (let i = 0; i < 5; i += 1)
      expect(await codeOf(attemptOf({ template, address }))).toBeUndefined();
    expect(await codeOf(attemptOf({ template, address }))).toBe('RATE_LIMITED');
  });

  describe('with verification ALWAYS', () => {
    const template = templateOf({ verification: 'ALWAYS' });

    it('lets nobody in without a token that holds', async () => {
      const attempt = attemptOf({ template });
      expect(await codeOf(attempt)).toBe('VERIFICATION_REQUIRED');
      const others = [
        workOf(attemptOf({ template })),
        workOf({ ...attempt, template: templateOf() }),
      ];
      for (const verificationToken of ['garbage', 'pow1.1.1', ...others])
        expect(await codeOf({ ...attempt, verificationToken })).toBe('VERIFICATION_REQUIRED');
      expect(await codeOf({ ...attempt, verificationToken: workOf(attempt) })).toBeUndefined();
    });

    it('takes a token for one claim, which may come again with it', async () => {
      const attempt = attemptOf({ template, userId: 'anna' });
      const verificationToken = workOf(attempt);
      const second = { ...attempt, claimKey: 'another', verificationToken };
      expect(await codeOf({ ...attempt, verificationToken })).toBeUndefined();
      expect(await codeOf(second)).toBe('VERIFICATION_REQUIRED');
      expect(await codeOf({ ...attempt, verificationToken })).toBeUndefined();
    });
  });

  describe('with a risk service', () => {
    const by = async (answer: Remote['answer'], deadlineMs = PATIENT_MS, pauseMs = PATIENT_MS) => {
      const service = await serviceOf(answer);
      const events = recorder();
      const risk = new HttpRiskService({ url: service.url, deadlineMs, pauseMs });
      return { service, events, guard: guardOn(stores.redis, { risk, events }) };
    };

    it('refuses a score above 0.8, and asks above 0.5 where the template asks', async () => {
      const { service, guard: own } = await by({ score: 0.81 });
      const asking = templateOf({ verification: 'WHEN_RISKY' });
      expect(await codeOf(attemptOf(), own)).toBe('RISK_DENIED');
      service.answer = { score: 0.8 };
      expect(await codeOf(attemptOf(), own)).toBeUndefined();
      const attempt = attemptOf({ template: asking });
      expect(await codeOf(attempt, own)).toBe('VERIFICATION_REQUIRED');
      expect(await codeOf({ ...attempt, verificationToken: workOf(attempt) }, own)).toBeUndefined();
    });

    it('tells it what was seen, and neither address nor device', async () => {
      const { service, guard: own } = await by({ score: 0 });
      const attempt = attemptOf({ userId: 'anna', address: '203.0.113.7', deviceId: 'phone-7' });
      await codeOf(attempt, own);
      expect(service.asked).toEqual([
        {
          userId: 'anna',
          templateId: attempt.template.id,
          network: expect.stringMatching(/^[\w-]{22}$/) as string,
          device: expect.stringMatching(/^[\w-]{22}$/) as string,
          signals: { userClaims: 1, networkClaims: 1, deviceClaims: 1, deviceUsers: 1 },
        },
      ]);
    });

    it('does not ask it of claims that another step refuses', async () => {
      const { service, guard: own } = await by({ score: 0 });
      await codeOf(attemptOf({ template: templateOf({ userLevels: ['gold'] }) }), own);
      await codeOf(attemptOf({ template: templateOf({ verification: 'ALWAYS' }) }), own);
      expect(service.asked).toEqual([]);
    });

    it.each<[string, Remote['answer']]>([
      ['is silent', 'SILENT'],
      ['fails', 500],
      ['answers nonsense', { score: 7 }],
      ['answers something else', { verdict: 'fine' }],
    ])('that %s lets in or not as the template says', async (_how, answer) => {
      const { events, guard: own } = await by(answer, 100);
      const closed = templateOf({ riskPolicy: 'FAIL_CLOSED' });
      expect(await codeOf(attemptOf(), own)).toBeUndefined();
      expect(await own.admit(attemptOf({ template: closed }))).toEqual({
        code: 'UNAVAILABLE',
        retryable: true,
      });
      expect(events.skips).toEqual(['RISK', 'RISK']);
      expect(events.refusals).toEqual(['RISK UNAVAILABLE']);
    });

    it('leaves it alone after failures in a row, and tries it again after a pause', async () => {
      const { service, guard: own } = await by(500, PATIENT_MS, 2_000);
      for (let i = 0; i < SERVICE_FAILURES_MAX + 20; i += 1) await codeOf(attemptOf(), own);
      expect(service.asked).toHaveLength(SERVICE_FAILURES_MAX);
      service.answer = { score: 0.9 };
      await expect.poll(() => codeOf(attemptOf(), own), { timeout: 15_000 }).toBe('RISK_DENIED');
    });

    it('still denies by behaviour alone while it is silent', async () => {
      const { guard: own } = await by(500);
      const template = templateOf({ limits: { perNetworkPerHour: 0, perDevicePerDay: 0 } });
      const codes = [];
      for (let i = 0; i < 8; i += 1)
        codes.push(await codeOf(attemptOf({ template, deviceId: 'farm' }), own));
      expect(codes).toEqual([...Array<undefined>(7).fill(undefined), 'RISK_DENIED']);
    });
  });

  describe('with a verifying service', () => {
    const by = async (answer: Remote['answer']) => {
      const service = await serviceOf(answer);
      const verifier = new HttpVerifier({ url: service.url, deadlineMs: PATIENT_MS });
      return { service, guard: guardOn(stores.redis, { verifier }) };
    };
    const always = templateOf({ verification: 'ALWAYS' });

    it('asks it about a token, its user and its template, and believes it', async () => {
      const { service, guard: own } = await by({ verified: true });
      const attempt = attemptOf({ template: always, userId: 'anna', verificationToken: 'sms' });
      expect(await codeOf(attempt, own)).toBeUndefined();
      expect(service.asked).toEqual([{ token: 'sms', userId: 'anna', templateId: always.id }]);
      service.answer = { verified: false };
      const other = { ...attempt, verificationToken: 'other' };
      expect(await codeOf(other, own)).toBe('VERIFICATION_REQUIRED');
    });

    it('says UNAVAILABLE while it is silent to who needs a proof, and lets the others in', async () => {
      const { guard: own } = await by(503);
      const attempt = attemptOf({ verificationToken: 'sms' });
      expect(await codeOf({ ...attempt, template: always }, own)).toBe('UNAVAILABLE');
      const risky = templateOf({ verification: 'WHEN_RISKY' });
      expect(await codeOf({ ...attempt, template: risky }, own)).toBeUndefined();
      await fill(risky, '203.0.113.7');
      const full = { ...attempt, template: risky, address: '203.0.113.7', claimKey: 'eleventh' };
      expect(await codeOf(full, own)).toBe('UNAVAILABLE');
      expect(await codeOf({ ...full, verificationToken: null }, own)).toBe('VERIFICATION_REQUIRED');
    });

    it('asks nobody about a token where the template verifies nobody', async () => {
      const { service, guard: own } = await by({ verified: true });
      expect(await codeOf(attemptOf({ verificationToken: 'sms' }), own)).toBeUndefined();
      expect(service.asked).toEqual([]);
    });
  });

  it('without Redis lets everybody in whom it cannot count, and still asks for proofs', async () => {
    const redis = connectRedis('redis://127.0.0.1:1');
    const events = recorder();
    const alone = guardOn(redis, { events });
    const template = templateOf({ limits: { perNetworkPerHour: 1, perDevicePerDay: 1 } });
    for (let i = 0; i < 3; i += 1)
      expect(
        await codeOf(attemptOf({ template, address: '203.0.113.7', deviceId: 'd' }), alone),
      ).toBeUndefined();
    expect(events.skips).toEqual(['NETWORK', 'NETWORK', 'NETWORK']);
    const attempt = attemptOf({ template: templateOf({ verification: 'ALWAYS' }) });
    expect(await codeOf(attempt, alone)).toBe('VERIFICATION_REQUIRED');
    expect(await codeOf({ ...attempt, verificationToken: workOf(attempt) }, alone)).toBeUndefined();
    redis.close();
  });

  it('counts on what is left of a cluster: nobody passes a limit because another is out of reach', async () => {
    class Half extends RedisStore {
      override get isCluster(): boolean {
        return true;
      }
      override async ask<T>(...[key, command]: Parameters<typeof RedisStore.prototype.ask<T>>) {
        if (key.startsWith('{dev:')) throw new RedisUnavailable('its master is gone', false);
        return super.ask(key, command);
      }
    }
    const events = recorder();
    const half = guardOn(new Half(stores.redis.client), { events });
    const template = templateOf({
      limits: { perNetworkPerHour: 1, perDevicePerDay: 1 },
      verification: 'WHEN_RISKY',
    });
    const ask = () => codeOf(attemptOf({ template, address: '203.0.113.7', deviceId: 'd' }), half);
    expect([await ask(), await ask()]).toEqual([undefined, 'VERIFICATION_REQUIRED']);
    expect(events.skips).toEqual(['NETWORK', 'NETWORK']);
  });

  it('tells the step that refused', async () => {
    const events = recorder();
    const own = guardOn(stores.redis, { events });
    await codeOf(attemptOf({ template: templateOf({ audience: ['vera'] }) }), own);
    await codeOf(attemptOf({ template: templateOf({ verification: 'ALWAYS' }) }), own);
    for (let i = 0; i < 6; i += 1) await codeOf(attemptOf({ deviceId: 'd' }), own);
    expect(events.refusals).toEqual([
      'ELIGIBILITY NOT_TARGETED',
      'VERIFICATION VERIFICATION_REQUIRED',
      'DEVICE DEVICE_LIMITED',
    ]);
  });
});
