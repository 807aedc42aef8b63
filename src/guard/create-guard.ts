/** Puts the guard together from the settings of a deployment. */
import { VERIFIER_DEADLINE_MS } from '../config/limits.js';
import type { RedisStore } from '../storage/redis.js';
import { CountClaims } from './count-claims.js';
import { Guard } from './guard.js';
import type { ClaimLimits, GuardEvents } from './guard.types.js';
import { HttpRiskService } from './score-risk.js';
import { HttpVerifier, ProofOfWork } from './verify-person.js';

export interface GuardSettings {
  readonly key: string;
  readonly limits: ClaimLimits;
  /** undefined: nobody is asked for a score. */
  readonly riskUrl: string | undefined;
  readonly riskDeadlineMs: number;
  /** undefined: proof of work. */
  readonly verifierUrl: string | undefined;
  readonly proofOfWorkBits: number;
}

export function createGuard(settings: GuardSettings, redis: RedisStore, events: GuardEvents) {
  const { key, limits, riskUrl, riskDeadlineMs, verifierUrl, proofOfWorkBits } = settings;
  return new Guard({
    counts: new CountClaims(redis),
    risk:
      riskUrl === undefined
        ? undefined
        : new HttpRiskService({ url: riskUrl, deadlineMs: riskDeadlineMs }),
    verifier:
      verifierUrl === undefined
        ? new ProofOfWork(proofOfWorkBits)
        : new HttpVerifier({ url: verifierUrl, deadlineMs: VERIFIER_DEADLINE_MS }),
    limits,
    key,
    events,
  });
}
