/**
 * All migrations in order. A new one is a file beside this and a line here.
 *
 * Expand and contract: the version before runs beside this one during a deploy, so a migration only adds
 * what the other does not need, and a later release takes away what nobody reads any more. MySQL undoes no
 * statement of a migration that fails half way: one statement a migration, or statements that may be repeated.
 */
import { Migration20261121000000 } from './migration-20261121000000-first-tables.js';
import { Migration20261122000000 } from './migration-20261122000000-committed-seq.js';
import { Migration20261122000001 } from './migration-20261122000001-quarantine.js';
import { Migration20261122010000 } from './migration-20261122010000-risk-denial.js';
import { Migration20261122100000 } from './migration-20261122100000-coupon-origin.js';
import { Migration20261122100100 } from './migration-20261122100100-batches.js';
import { Migration20261122100200 } from './migration-20261122100200-code-count.js';
import { Migration20261122110000 } from './migration-20261122110000-jobs.js';
import { Migration20261122110001 } from './migration-20261122110001-reminders.js';
import { Migration20261122110002 } from './migration-20261122110002-archive.js';
import { Migration20261122120000 } from './migration-20261122120000-event-delivery.js';
import { Migration20261122130000 } from './migration-20261122130000-erasure.js';
import { Migration20261122130001 } from './migration-20261122130001-redemption-user.js';
import { Migration20261122140000 } from './migration-20261122140000-template-count.js';
import { Migration20261122140001 } from './migration-20261122140001-unfinished-count.js';
import { Migration20261122140002 } from './migration-20261122140002-template-simulation.js';
import { Migration20261122150000 } from './migration-20261122150000-grants.js';
import { Migration20261122170000 } from './migration-20261122170000-rebuilt-epoch.js';
import { Migration20261122160000 } from './migration-20261122160000-shares.js';
import { Migration20261122160001 } from './migration-20261122160001-origin-taker.js';
import { Migration20261122160002 } from './migration-20261122160002-experiments.js';
import { Migration20261122171000 } from './migration-20261122171000-share-user.js';
import { Migration20261122180000 } from './migration-20261122180000-customers.js';

export const migrations = [
  { name: 'Migration20261121000000', class: Migration20261121000000 },
  { name: 'Migration20261122000000', class: Migration20261122000000 },
  { name: 'Migration20261122000001', class: Migration20261122000001 },
  { name: 'Migration20261122010000', class: Migration20261122010000 },
  { name: 'Migration20261122100000', class: Migration20261122100000 },
  { name: 'Migration20261122100100', class: Migration20261122100100 },
  { name: 'Migration20261122100200', class: Migration20261122100200 },
  { name: 'Migration20261122110000', class: Migration20261122110000 },
  { name: 'Migration20261122110001', class: Migration20261122110001 },
  { name: 'Migration20261122110002', class: Migration20261122110002 },
  { name: 'Migration20261122120000', class: Migration20261122120000 },
  { name: 'Migration20261122130000', class: Migration20261122130000 },
  { name: 'Migration20261122130001', class: Migration20261122130001 },
  { name: 'Migration20261122140000', class: Migration20261122140000 },
  { name: 'Migration20261122140001', class: Migration20261122140001 },
  { name: 'Migration20261122140002', class: Migration20261122140002 },
  { name: 'Migration20261122150000', class: Migration20261122150000 },
  { name: 'Migration20261122170000', class: Migration20261122170000 },
  { name: 'Migration20261122160000', class: Migration20261122160000 },
  { name: 'Migration20261122160001', class: Migration20261122160001 },
  { name: 'Migration20261122160002', class: Migration20261122160002 },
  { name: 'Migration20261122171000', class: Migration20261122171000 },
  { name: 'Migration20261122180000', class: Migration20261122180000 },
];
