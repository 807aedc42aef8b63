/**
 * The chaos suite: real servers of its own, killed, cut, frozen and rewound, while clients outside write
 * down what they are answered. Exit 1 if any promise is broken, with the seed that repeats the run.
 *
 *   npm run test:chaos                        what CI plays
 *   npm run test:chaos -- --part night        everything
 *   npm run test:chaos -- --only crash-storm --kills 10000 --seed 7
 *   … --dist FOLDER                           another build of the service
 */
import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { endAllAtExit } from './arena/own-processes.js';
import { openArena } from './arena/arena.js';
import { isRoot } from './arena/small-disk.js';
import { closeConnections } from './client/ask.js';
import { randomOf } from './client/random.js';
import { SCENARIOS } from './scenarios/index.js';
import type { Context, Outcome, Scenario } from './scenarios/scenario.js';
import { printTable, type Row } from './table.js';

const { values } = parseArgs({
  options: {
    part: { type: 'string', default: 'ci' },
    only: { type: 'string', multiple: true },
    kills: { type: 'string' },
    seed: { type: 'string' },
    dist: { type: 'string', default: 'dist' },
  },
});
const isNight = values.part === 'night';
const kills = Number(values.kills ?? (isNight ? 10_000 : 150));
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const chosen = SCENARIOS.filter(({ name, isInCi, needsRoot }) =>
  values.only === undefined
    ? (isNight || isInCi) && (isRoot || needsRoot !== true)
    : values.only.includes(name),
);
const isUsable =
  ['ci', 'night'].includes(values.part) &&
  Number.isSafeInteger(kills) &&
  Number.isSafeInteger(seed) &&
  chosen.length > 0;

const say = (line: string) => console.log(`    ${line}`);

/** A scenario that waits for what never comes is broken, and the run with it: its acts cannot be called back. */
const LIMIT_MS = isNight ? 12 * 3_600_000 : Math.max(240_000, kills * 4_000);
const notFinished = (why: string): Outcome => ({ figures: 'not finished', broken: [why] });

async function play(scenario: Scenario, context: Context): Promise<Row & { isOver: boolean }> {
  const startedMs = performance.now();
  console.log(`==> ${scenario.name}: ${scenario.proves}`);
  const late = notFinished(`not finished within ${LIMIT_MS / 1_000} s`);
  const outcome = await Promise.race([
    scenario
      .play(context)
      .catch((error: unknown) => notFinished(String((error as Error).stack ?? error))),
    sleep(LIMIT_MS, late, { ref: false }),
  ]);
  const { figures, broken } = outcome;
  for (const line of broken) console.log(`    BROKEN ${line}`);
  const tookS = (performance.now() - startedMs) / 1_000;
  console.log(`<== ${scenario.name}: ${tookS.toFixed(1)} s`);
  return {
    name: scenario.name,
    isOk: broken.length === 0,
    tookS,
    figures,
    isOver: outcome !== late,
  };
}

if (!isUsable) {
  console.error(`Scenarios: ${SCENARIOS.map(({ name }) => name).join(', ')}; parts: ci, night`);
  process.exit(2);
}
endAllAtExit();
const source = process.env['SERVERS'] === 'fetch' ? 'fetch' : 'auto';
const arena = await openArena(values.dist, source, say);
const rows: (Row & { isOver: boolean })[] = [];
for (const scenario of chosen) {
  // Chances of its own, so that a scenario played alone meets the same ones.
  const random = randomOf(seed);
  const row = await play(scenario, { arena, random, kills, isNight, say });
  rows.push(row);
  if (!row.isOver) break;
  await arena.heal();
}
if (rows.every(({ isOver }) => isOver)) {
  await closeConnections();
  await arena.close();
}
const isOk = printTable(rows);
const names = rows.filter((row) => !row.isOk).map(({ name }) => ` --only ${name}`);
console.log(
  `seed ${seed}; again: npm run test:chaos -- --part ${values.part} --seed ${seed}${names.join('')}`,
);
process.exit(isOk ? 0 : 1);
