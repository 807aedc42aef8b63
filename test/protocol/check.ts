/**
 * Searches all states of the claim protocol's model (claim.pml) and of each of its mutations.
 *
 *   npm run check:protocol              everything, some minutes
 *   npm run check:protocol -- --quick   the smaller sets of faults, all mutations and gaps
 *   npm run check:protocol -- --only TEXT
 *
 * Exit 1 if the protocol has a violation, if a search did not reach every state, if a mutation survives, or
 * if a known gap is not there any more (then docs/PROTOCOL.md is out of date).
 */
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { provideSpin } from './provide-spin.js';
import { runSearch, type Found } from './run-search.js';
import { SEARCHES, type Search } from './searches.js';

/** Searches at a time; each may take 1.5 GB, and a CI machine has two cores. */
const AT_ONCE = 2;

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
});
const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const model = path('./claim.pml');
const trails = path('../../.data/protocol');

const wanted = SEARCHES.filter(
  ({ name, isQuick }) => (isQuick || !values.quick) && name.includes(values.only),
);
const spin = await provideSpin(path('../../.cache/servers'));
const found = new Map<Search, Found>();
const waiting = [...wanted];
await Promise.all(Array.from({ length: AT_ONCE }, work));

const failed = wanted.filter((search) => !isAsExpected(search));
for (const search of wanted) process.stdout.write(`${row(search)}\n`);
for (const search of failed) {
  const { verdict, reason } = found.get(search)!;
  process.stdout.write(`\nFAILED ${search.name}: ${verdict} ${reason}\n`);
  if (verdict !== 'violated') continue;
  process.stdout.write(
    `  cd ${folderOf(search)} && ${spin} -k claim.pml.trail -p -g ${search.flags.join(' ')} ${model}\n`,
  );
}
process.stdout.write(`${wanted.length} searches, ${failed.length} failed\n`);
process.exitCode = failed.length === 0 && wanted.length > 0 ? 0 : 1;

async function work(): Promise<void> {
  for (let search = waiting.shift(); search !== undefined; search = waiting.shift()) {
    found.set(search, await runSearch({ spin, model, folder: folderOf(search) }, search));
  }
}

function isAsExpected(search: Search): boolean {
  const { verdict } = found.get(search)!;
  return search.expected === 'holds' ? verdict === 'holds' : verdict === 'violated';
}

function row(search: Search): string {
  const { verdict, states, depth, tookS } = found.get(search)!;
  const kind = { holds: 'protocol', caught: 'mutation', gap: 'gap' }[search.expected];
  const said = search.expected === 'caught' && verdict === 'violated' ? 'caught' : verdict;
  const numbers = [states.toLocaleString('en'), depth, `${tookS.toFixed(1)} s`];
  return `${kind.padEnd(9)}${search.name.padEnd(50)}${said.padEnd(11)}${numbers.map((n) => String(n).padStart(11)).join('')}`;
}

function folderOf({ name }: Search): string {
  return join(trails, name.replaceAll(/\W+/g, '-'));
}
