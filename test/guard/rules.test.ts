/** What the guard decides without asking anybody. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Signals } from '../../src/guard/guard.types.js';
import { behaviourScore } from '../../src/guard/rules/behaviour-score.js';
import { judgeRates } from '../../src/guard/rules/judge-rates.js';
import { judgeRisk } from '../../src/guard/rules/judge-risk.js';
import { networkOf } from '../../src/guard/rules/network-of.js';
import { doWork, isWorkDone } from '../../src/guard/rules/proof-of-work.js';
import { pseudonymsOf } from '../../src/guard/rules/pseudonyms.js';
import { NOW_MS } from './attempt.js';

const QUIET: Signals = { userClaims: 1, networkClaims: 1, deviceClaims: 1, deviceUsers: 1 };

describe('a network', () => {
  it('of IPv4 is one address', () => {
    expect(networkOf('203.0.113.7')).not.toBeNull();
    expect(networkOf('203.0.113.7')).not.toBe(networkOf('203.0.113.8'));
  });

  it('of IPv6 is a /64, however the address is written', () => {
    const home = networkOf('2001:db8:1:2::1');
    expect(home).not.toBeNull();
    for (const same of [
      '2001:DB8:1:2:ffff:ffff:ffff:ffff',
      '2001:0db8:0001:0002::',
      '2001:db8:1:2::%eth0',
    ])
      expect(networkOf(same), same).toBe(home);
    expect(networkOf('2001:db8:1:3::1')).not.toBe(home);
    expect(networkOf('2001:db8:1:2::1')).not.toBe(networkOf('2001:db8::1:2:0:1'));
  });

  it('is the same for an IPv4 address within IPv6', () => {
    expect(networkOf('::ffff:203.0.113.7')).toBe(networkOf('203.0.113.7'));
    expect(networkOf('::ffff:cb00:7107')).toBe(networkOf('203.0.113.7'));
  });

  it.each([
    null,
    '',
    'unknown',
    '_hidden',
    '203.0.113',
    '203.0.113.256',
    '1.2.3.4, 5.6.7.8',
    'localhost',
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '169.254.1.1',
    '0.0.0.0',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:10.0.0.1',
  ])('is not known from %j', (address) => {
    expect(networkOf(address)).toBeNull();
  });

  it('never throws, whatever the header says', () => {
    fc.assert(fc.property(fc.string(), (text) => void networkOf(text)));
    fc.assert(fc.property(fc.ipV6(), (text) => void networkOf(text)));
  });
});

describe('a pseudonym', () => {
  const named = { userId: 'anna', claimKey: 'k', address: '203.0.113.7', deviceId: 'anna' };

  it('hides the text, differs by kind and by key, and is the same each time', () => {
    const names = pseudonymsOf('key', named);
    const { network, ...rest } = names;
    expect(new Set(Object.values(names)).size).toBe(4);
    for (const name of Object.values(names)) expect(name).toMatch(/^[\w-]{22}$/);
    expect(pseudonymsOf('key', named)).toEqual(names);
    const other = pseudonymsOf('other key', named);
    expect(
      Object.values(other).filter((name) => Object.values({ network, ...rest }).includes(name)),
    ).toEqual([]);
  });

  it('of a claim is of its user and its key together', () => {
    const claimOf = (userId: string, claimKey: string) =>
      pseudonymsOf('key', { ...named, userId, claimKey }).claim;
    expect(claimOf('a', 'b')).not.toBe(claimOf('b', 'a'));
    expect(claimOf('a', 'b')).not.toBe(claimOf('a', 'c'));
  });
});

describe('a full limit', () => {
  const full = { state: 'FULL', freeAtMs: 77 } as const;
  const free = { state: 'LET_IN', freeAtMs: 0 } as const;

  it('refuses where the template verifies nobody, and says when a place is free', () => {
    expect(judgeRates({ network: full, device: full }, 'NEVER', false)).toEqual({
      step: 'NETWORK',
      rejection: { code: 'RATE_LIMITED', retryable: true, retryAfterMs: 77 },
    });
    expect(judgeRates({ network: free, device: full }, 'NEVER', true)).toEqual({
      step: 'DEVICE',
      rejection: { code: 'DEVICE_LIMITED', retryable: true, retryAfterMs: 77 },
    });
  });

  it.each(['WHEN_RISKY', 'ALWAYS'] as const)('asks for a proof first with %s', (policy) => {
    const asked = { rejection: { code: 'VERIFICATION_REQUIRED' } };
    expect(judgeRates({ network: full, device: free }, policy, false)).toMatchObject(asked);
    expect(judgeRates({ network: undefined, device: full }, policy, false)).toMatchObject(asked);
    expect(judgeRates({ network: full, device: full }, policy, true)).toBeUndefined();
  });

  it('is not one that has room, counted the claim before, or is not counted', () => {
    const again = { state: 'AGAIN', freeAtMs: 0 } as const;
    for (const counted of [free, again, undefined])
      expect(judgeRates({ network: counted, device: counted }, 'NEVER', false)).toBeUndefined();
  });
});

describe('a score', () => {
  const codeOf = (...args: Parameters<typeof judgeRisk>) => judgeRisk(...args)?.rejection.code;

  it('above 0.8 is refused, with and without a proof', () => {
    expect(codeOf(0.81, 'NEVER', false)).toBe('RISK_DENIED');
    expect(codeOf(0.81, 'WHEN_RISKY', true)).toBe('RISK_DENIED');
    expect(codeOf(0.8, 'NEVER', false)).toBeUndefined();
  });

  it('above 0.5 asks for a proof where the template asks when it is risky', () => {
    expect(codeOf(0.51, 'WHEN_RISKY', false)).toBe('VERIFICATION_REQUIRED');
    expect(codeOf(0.8, 'WHEN_RISKY', false)).toBe('VERIFICATION_REQUIRED');
    expect(codeOf(0.8, 'WHEN_RISKY', true)).toBeUndefined();
    expect(codeOf(0.5, 'WHEN_RISKY', false)).toBeUndefined();
    expect(codeOf(0.8, 'NEVER', false)).toBeUndefined();
  });

  it('of behaviour is nothing for a family in a busy office, and all for a farm of phones', () => {
    expect(behaviourScore(QUIET)).toBe(0);
    expect(behaviourScore({ ...QUIET, deviceUsers: 2, networkClaims: 60 })).toBe(0);
    expect(
      judgeRisk(behaviourScore({ ...QUIET, deviceUsers: 6 }), 'WHEN_RISKY', false),
    ).toBeDefined();
    expect(codeOf(behaviourScore({ ...QUIET, deviceUsers: 8 }), 'NEVER', false)).toBe(
      'RISK_DENIED',
    );
    expect(codeOf(behaviourScore({ ...QUIET, deviceClaims: 40 }), 'NEVER', false)).toBe(
      'RISK_DENIED',
    );
    expect(codeOf(behaviourScore({ ...QUIET, userClaims: 60 }), 'NEVER', false)).toBe(
      'RISK_DENIED',
    );
  });

  it('of a network alone makes nobody be asked, however busy it is', () => {
    expect(
      codeOf(behaviourScore({ ...QUIET, networkClaims: 1e6 }), 'WHEN_RISKY', false),
    ).toBeUndefined();
  });

  it('of behaviour is 0 to 1 and never falls when a signal grows', () => {
    const count = fc.nat(300);
    const signals = fc.record({
      userClaims: count,
      networkClaims: count,
      deviceClaims: count,
      deviceUsers: count,
    });
    const name = fc.constantFrom<keyof Signals>(
      'userClaims',
      'networkClaims',
      'deviceClaims',
      'deviceUsers',
    );
    fc.assert(
      fc.property(signals, name, fc.nat(50), (seen, grown, by) => {
        const score = behaviourScore(seen);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
        const more = behaviourScore({ ...seen, [grown]: seen[grown] + by });
        expect(more).toBeGreaterThanOrEqual(score - 1e-12);
      }),
    );
  });
});

describe('work', () => {
  const who = { userId: 'anna', templateId: 'T' };
  const TTL_MS = 600_000;
  const token = doWork(who, 12, NOW_MS);
  const isGood = (work: object, nowMs = NOW_MS) =>
    isWorkDone({ ...who, token, ...work }, 12, TTL_MS, nowMs);

  it('is good for its user and its template, until it is too old', () => {
    expect(isGood({})).toBe(true);
    expect(isGood({}, NOW_MS + TTL_MS - 1)).toBe(true);
    expect(isGood({}, NOW_MS + TTL_MS)).toBe(false);
    expect(isGood({ userId: 'bert' })).toBe(false);
    expect(isGood({ templateId: 'U' })).toBe(false);
  });

  it('is not accepted from the future, but for a clock that is a little ahead', () => {
    expect(isGood({}, NOW_MS - 30_000)).toBe(true);
    expect(isGood({}, NOW_MS - 30_001)).toBe(false);
  });

  it('that is not enough is none', () => {
    expect(isWorkDone({ ...who, token }, 32, TTL_MS, NOW_MS)).toBe(false);
    for (const bad of ['', 'pow1', 'pow1..', 'pow2.1.1', `${token}.1`, ` ${token}`, 'pow1.-1.0'])
      expect(isGood({ token: bad }), bad).toBe(false);
  });
});
