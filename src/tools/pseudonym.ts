/** Prints under which name the log has a user or an order: pseudonym --user ID | --order ID. */
import { parseArgs } from 'node:util';
import { readConfig } from '../config/environment.js';
import { pseudonymsBy } from '../logger.js';

const { values } = parseArgs({ options: { user: { type: 'string' }, order: { type: 'string' } } });
const pseudonymOf = pseudonymsBy(readConfig(process.env).guard.key);
const asked = (['user', 'order'] as const).filter((kind) => values[kind] !== undefined);
if (asked.length === 0) {
  process.stderr.write('Usage: npm run --silent pseudonym -- --user ID | --order ID\n');
  process.exit(2);
}
for (const kind of asked) process.stdout.write(`${pseudonymOf(kind, values[kind]!)}\n`);
