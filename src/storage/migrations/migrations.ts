/** All migrations in order. A new one is a file beside this and a line here. */
import { Migration20261121000000 } from './migration-20261121000000-first-tables.js';
import { Migration20261122000000 } from './migration-20261122000000-quarantine.js';

export const migrations = [
  { name: 'Migration20261121000000', class: Migration20261121000000 },
  { name: 'Migration20261122000000', class: Migration20261122000000 },
];
