/**
 * Durable claims through HTTP, beside what the same machine does without durability, without this service,
 * and in the way of textbooks. Rounds of all lanes are interleaved in one run, and what counts are their
 * ratios: machines differ, and are noisy. Its servers are its own.
 *
 *   npm run bench:claims               7 rounds of 6 s of each lane
 *   npm run bench:claims -- --quick    3 rounds of 2 s, under two minutes
 *   npm run bench:claims -- --write    puts the table into docs/performance.md
 *   … --lane durable --lane constant   some of the lanes
 *
 * The last line is JSON.
 */
import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { tableOf, writeTable, type Measured } from '../kit/lanes.js';
import { progress } from '../kit/own-servers.js';
import { provideWrk } from '../kit/wrk.js';
import { jsonLine, WORDS } from './report.js';
import { LANES, playRound, type Lane } from './rounds.js';
import { openStage } from './stage.js';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    lane: { type: 'string', multiple: true },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    connections: { type: 'string', default: '128' },
  },
});
const rounds = Number(values.rounds ?? (values.quick ? 3 : 7));
const load = {
  connections: Number(values.connections),
  seconds: Number(values.seconds ?? (values.quick ? 2 : 6)),
};
const lanes = LANES.filter((lane) => values.lane === undefined || values.lane.includes(lane));

const wrk = await provideWrk();
const stage = await openStage();
const measured = new Map<Lane, Measured[]>(lanes.map((lane) => [lane, []]));
try {
  progress('warming up');
  // The compiler of Node is busy with a lane's code for that long, and longer where nothing else is.
  const seconds = values.quick ? 2 : 8;
  for (const lane of lanes) await playRound(stage, wrk, lane, { ...load, seconds });
  for (let round = 1; round <= rounds; round += 1) {
    for (const lane of lanes) {
      const result = await playRound(stage, wrk, lane, load);
      measured.get(lane)!.push(result);
      progress(`round ${round} ${lane.padEnd(10)} ${result.perSecond.toFixed(0)}/s`);
    }
  }
  const violations = await stage.violations();
  if (violations.length > 0) throw new Error(violations.join('\n'));
} finally {
  await stage.close();
}
console.log(tableOf(WORDS, measured));
if (values.write) await writeTable(WORDS, measured, load);
console.log(jsonLine(measured));
