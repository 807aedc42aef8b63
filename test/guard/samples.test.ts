/** The sample services do what the real ones in their places would. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCaptcha, type Captcha } from '../../src/demo/neighbours/captcha.js';
import { startRiskService } from '../../src/demo/neighbours/risk-service.js';
import type { JsonService } from '../../src/demo/neighbours/serve-json.js';
import { HttpRiskService } from '../../src/guard/score-risk.js';
import { HttpVerifier } from '../../src/guard/verify-person.js';
import { NOW_MS } from './attempt.js';

describe('the sample services', () => {
  let captcha: Captcha;
  let farmFinder: JsonService;
  beforeAll(async () => {
    [captcha, farmFinder] = await Promise.all([startCaptcha(), startRiskService()]);
  });
  afterAll(() => Promise.all([captcha.stop(), farmFinder.stop()]));

  it('verify a token for whom it was earned, and nobody else', async () => {
    const verifier = new HttpVerifier({ url: captcha.url, deadlineMs: 5_000 });
    const token = captcha.earn('anna', 'T');
    const verify = (proof: object) =>
      verifier.verify({ token, userId: 'anna', templateId: 'T', nowMs: NOW_MS, ...proof });
    expect(await verify({})).toBe(true);
    for (const other of [
      { userId: 'bert' },
      { templateId: 'U' },
      { token: `9${token}` },
      { token: '' },
    ])
      expect(await verify(other)).toBe(false);
  });

  it('call many accounts on few devices of a network a farm, and an office none', async () => {
    const risk = new HttpRiskService({ url: farmFinder.url, deadlineMs: 5_000 });
    const signals = { userClaims: 1, networkClaims: 1, deviceClaims: 1, deviceUsers: 1 };
    const scores = async (network: string, deviceOf: (i: number) => string) => {
      const all = [];
      for (let i = 0; i < 40; i += 1) {
        const [userId, device] = [`${network}-${i}`, deviceOf(i)];
        all.push(await risk.score({ userId, templateId: 'T', network, device, signals }));
      }
      return all;
    };
    expect(Math.max(...(await scores('office', (i) => `phone-${i}`)))).toBe(0);
    expect((await scores('farm', (i) => `phone-${i % 4}`)).at(-1)).toBeGreaterThan(0.8);
  });
});
