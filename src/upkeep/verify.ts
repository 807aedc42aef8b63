/**
 * The invariant checker: one page of promises, proved on a running or stopped installation. Tests, the
 * demo and operators run the same.
 */
import type { Clock } from '../kernel/clock.js';
import type { Database } from '../storage/database.js';
import type { RedisStore } from '../storage/redis.js';
import { archiveChecks } from './checks/archive-checks.js';
import { batchChecks } from './checks/batch-checks.js';
import type { Check } from './checks/check.js';
import { claimChecks } from './checks/claim-checks.js';
import { checkGates } from './checks/gate-checks.js';
import { grantChecks } from './checks/grant-checks.js';
import { redemptionChecks } from './checks/redemption-checks.js';
import { shareChecks } from './checks/share-checks.js';

export interface Verdict {
  readonly ok: boolean;
  /** How many checks were made. */
  readonly checks: number;
  /** What is broken: the check, and where. */
  readonly violations: readonly string[];
}

export interface VerifyParts {
  readonly database: Pick<Database, 'rows'>;
  readonly redis: RedisStore;
  readonly clock: Clock;
}

const CHECKS: readonly Check[] = [
  ...claimChecks,
  ...batchChecks,
  ...shareChecks,
  ...grantChecks,
  ...redemptionChecks,
  ...archiveChecks,
];

/** @throws DatabaseUnavailable: nothing can be said */
export async function verify({ database, redis, clock }: VerifyParts): Promise<Verdict> {
  const violations: string[] = [];
  const nowMs = clock.nowMs();
  for (const check of CHECKS) {
    for (const line of await check.run(database, nowMs)) violations.push(`${check.name}: ${line}`);
  }
  for (const line of await checkGates(database, redis)) {
    violations.push(`what Redis is believed agrees with MySQL: ${line}`);
  }
  return { ok: violations.length === 0, checks: CHECKS.length + 1, violations };
}
