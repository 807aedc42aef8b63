/**
 * Puts one seeded bug after the other into a copy of the checkout and has the tests find it. A suite that
 * finds nothing proves nothing; one that finds thirty known bugs has shown what it can see.
 *
 *   npm run test:saboteurs                           all of them, some minutes
 *   npm run test:saboteurs -- --only 05 --only guard those with this in their name
 *   npm run test:saboteurs -- --pick 3 --by HASH     three, the same for the same hash
 *   npm run test:saboteurs -- --table                only prints the table of docs/reliability.md
 *
 * The tests must pass on the copy as it is first. Exit 1 if a bug survives, or if a patch is itself broken.
 */
import 'reflect-metadata';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startServers } from '../../src/storage/servers/start-servers.js';
import { detect } from './detect.js';
import type { Finding } from './judge-report.js';
import { pickSaboteurs } from './pick-saboteurs.js';
import { readSaboteurs, sayDetector, tableOf, type Saboteur } from './read-saboteurs.js';
import { endAllGroups } from './run-group.js';
import { WorkingCopy } from './working-copy.js';

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    pick: { type: 'string' },
    by: { type: 'string', default: '' },
    table: { type: 'boolean', default: false },
  },
});
const wanted = readSaboteurs().filter(
  ({ name }) => values.only === undefined || values.only.some((part) => name.includes(part)),
);
const chosen =
  values.pick === undefined ? wanted : pickSaboteurs(wanted, Number(values.pick), values.by);
if (chosen.length === 0) {
  console.error('No saboteur has this name.');
  process.exit(2);
}

if (values.table) {
  console.log(tableOf(wanted).join('\n'));
  process.exit(0);
}

const copy = new WorkingCopy();
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  process.on(signal, () => {
    endAllGroups();
    void end().finally(() => process.exit(code));
  });
// The tests look for servers in this folder of the copy: all runs share one pair.
const servers = await startServers({
  dataDir: join(copy.folder, '.data/test'),
  cacheDir: join(copy.folder, '.cache/servers'),
  source: process.env['SERVERS'] === 'fetch' ? 'fetch' : 'auto',
  progress: (line) => console.log(`    ${line}`),
}).catch((error: unknown) => {
  copy.remove();
  throw error;
});
try {
  process.exitCode = await run();
} finally {
  await end();
}

async function run(): Promise<number> {
  const detectors = chosen.map(({ detector }) => detector);
  const clean = await timed(() => detect(copy.folder, detectors, true));
  if (clean.finding.kind !== 'SURVIVED') {
    console.log(`Without any patch: ${say(clean.finding)}`);
    return 1;
  }
  console.log(`Without any patch everything passes, ${clean.tookS.toFixed(0)} s.`);
  let failed = 0;
  for (const saboteur of chosen) {
    const { finding, tookS } = await timed(() => tryOne(saboteur));
    if (finding.kind !== 'CAUGHT') failed += 1;
    const cells = [
      saboteur.name.padEnd(44),
      finding.kind.padEnd(8),
      `${tookS.toFixed(0)} s`.padStart(6),
    ];
    console.log(`${cells.join('  ')}  ${say(finding, saboteur)}`);
  }
  console.log(`${chosen.length - failed} of ${chosen.length} saboteurs were caught`);
  return failed === 0 ? 0 : 1;
}

async function tryOne({ path, detector }: Saboteur): Promise<Finding> {
  const why = copy.apply(path);
  if (why !== undefined) return { kind: 'BROKEN', why: `it does not apply: ${why}` };
  try {
    return await detect(copy.folder, [detector], false);
  } finally {
    copy.restore();
  }
}

function say(finding: Finding, saboteur?: Saboteur): string {
  if (finding.kind === 'BROKEN') return finding.why;
  if (saboteur === undefined) return finding.kind === 'CAUGHT' ? `${finding.by} fails` : 'passes';
  return finding.kind === 'CAUGHT' ? sayDetector(saboteur.detector) : saboteur.bug;
}

async function timed(work: () => Promise<Finding>): Promise<{ finding: Finding; tookS: number }> {
  const startedMs = performance.now();
  const finding = await work();
  return { finding, tookS: (performance.now() - startedMs) / 1_000 };
}

async function end(): Promise<void> {
  await servers.stop();
  copy.remove();
}
