/** Puts the use cases of codes together. */
import type { IssueCoupon } from '../claim/issue-coupon.js';
import type { LimitCodeTries } from '../guard/limit-code-tries.js';
import type { Clock } from '../kernel/clock.js';
import type { Database } from '../storage/database.js';
import type { TemplateCatalog } from '../template/template-catalog.js';
import { ClaimByCode } from './claim-by-code.js';
import type { CodeKeys } from './code-keys.js';
import { FindCode } from './find-code.js';
import { GenerateCodes } from './generate-codes.js';
import { ReadBatches } from './read-batches.js';
import { StopBatch } from './stop-batch.js';

export interface CodesParts {
  readonly database: Database;
  readonly catalog: TemplateCatalog;
  readonly keys: CodeKeys;
  readonly clock: Clock;
  readonly issue: IssueCoupon;
  readonly tries: LimitCodeTries;
  readonly onOutcome: (outcome: string) => void;
}

export type Codes = ReturnType<typeof createCodes>;

export function createCodes(parts: CodesParts) {
  const { database, catalog, keys, clock, issue, tries, onOutcome } = parts;
  const find = new FindCode(database, keys);
  return {
    generate: new GenerateCodes(database, catalog, keys, clock),
    stop: new StopBatch(database, clock),
    read: new ReadBatches(database, keys),
    claim: new ClaimByCode({ database, find, issue, tries, onOutcome }),
  };
}
