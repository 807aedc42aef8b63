/** Puts the room of claims together: the gate, the path of every coupon that is issued, and what settles journals. */
import type { Logger } from 'pino';
import type { Guard } from '../guard/guard.js';
import type { Clock } from '../kernel/clock.js';
import type { Database } from '../storage/database.js';
import type { RedisStore } from '../storage/redis.js';
import type { Sealer } from '../storage/seal.js';
import { Experiments } from '../template/experiments.js';
import type { TemplateCatalog } from '../template/template-catalog.js';
import { ClaimCoupon } from './claim-coupon.js';
import { ClaimPath } from './claim-path.js';
import { Committer } from './committer.js';
import { IssueCoupon } from './issue-coupon.js';
import { Journal } from './journal.js';
import { RebuildGate } from './rebuild-gate.js';
import { RefillPart } from './refill-part.js';
import { ReserveClaims } from './reserve-claims.js';
import { SettleJournals } from './settle-journals.js';

export interface ClaimParts {
  readonly database: Database;
  readonly redis: RedisStore;
  readonly sealer: Sealer;
  readonly catalog: TemplateCatalog;
  readonly guard: Guard;
  readonly clock: Clock;
  readonly log: Logger;
  readonly isOverloaded: () => boolean;
  readonly onClaim: (outcome: string) => void;
  readonly onBatch: (size: number) => void;
}

export function createClaims(parts: ClaimParts) {
  const { database, redis, sealer, catalog, guard, clock, log } = parts;
  const rebuild = new RebuildGate(database, redis, catalog);
  const reserver = new ReserveClaims(redis);
  const journal = new Journal(redis, reserver);
  const onFault = (err: unknown) => log.error({ err }, 'a claim cannot be committed');
  const committer = new Committer(database, onFault, parts.onBatch);
  const path = new ClaimPath({
    database,
    catalog,
    reserver,
    refill: new RefillPart(redis),
    committer,
    journal,
    rebuild,
    clock,
    isOverloaded: () => parts.isOverloaded() || committer.isOverloaded(),
  });
  const experiments = new Experiments(database);
  const onOutcome = parts.onClaim;
  const issueCoupon = new IssueCoupon({ catalog, guard, experiments, path, clock, onOutcome });
  return {
    rebuild,
    committer,
    issueCoupon,
    claimCoupon: new ClaimCoupon(issueCoupon),
    settleJournals: new SettleJournals({
      database,
      redis,
      sealer,
      catalog,
      committer,
      journal,
      rebuild,
      clock,
      onQuarantined: ({ templateId, couponId, reason, tries }) =>
        log.error({ templateId, couponId, reason, tries }, 'a reservation was set aside'),
      onTrouble: (templateId, err) => log.warn({ err, templateId }, 'a journal cannot be settled'),
    }),
  };
}
