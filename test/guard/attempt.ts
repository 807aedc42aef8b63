/** Claims as they come to the guard, and a guard on a Redis of the test's own. */
import { randomUUID } from 'node:crypto';
import { CountClaims } from '../../src/guard/count-claims.js';
import { Guard, type GuardParts } from '../../src/guard/guard.js';
import type { ClaimAttempt, GuardEvents } from '../../src/guard/guard.types.js';
import { ProofOfWork } from '../../src/guard/verify-person.js';
import { newId } from '../../src/kernel/ids.js';
import type { RedisStore } from '../../src/storage/redis.js';
import type { TemplateRules } from '../../src/template/template.types.js';
import { rulesOf } from '../kit/seed.js';

export const NOW_MS = Date.UTC(2026, 10, 11, 12);
export const KEY = 'the key of the pseudonyms in tests';
/** Little work, so that a test does it at once. */
export const BITS = 8;

export function templateOf(rules: Partial<TemplateRules> = {}): ClaimAttempt['template'] {
  return { id: newId(NOW_MS), rules: rulesOf(rules) };
}

/** Somebody new with a new claim, from nowhere in particular. */
export function attemptOf(overrides: Partial<ClaimAttempt> = {}): ClaimAttempt {
  return {
    template: templateOf(),
    userId: `user-${randomUUID()}`,
    level: null,
    address: null,
    deviceId: null,
    verificationToken: null,
    claimKey: randomUUID(),
    nowMs: NOW_MS,
    ...overrides,
  };
}

export interface Recorded extends GuardEvents {
  readonly refusals: string[];
  readonly skips: string[];
}

export function recorder(): Recorded {
  const refusals: string[] = [];
  const skips: string[] = [];
  return {
    refusals,
    skips,
    refused: (step, code) => void refusals.push(`${step} ${code}`),
    skipped: (step) => void skips.push(step),
  };
}

export function guardOn(redis: RedisStore, parts: Partial<GuardParts> = {}): Guard {
  return new Guard({
    counts: new CountClaims(redis),
    risk: undefined,
    verifier: new ProofOfWork(BITS),
    limits: { perNetworkPerHour: 10, perDevicePerDay: 5 },
    key: KEY,
    events: recorder(),
    ...parts,
  });
}
