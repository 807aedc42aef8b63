/**
 * A bench of lanes from its arguments to its last line: a warm-up, rounds of all lanes interleaved, `verify`,
 * a table and one line of JSON. Each bench keeps what it says of itself: its lanes, its stage, its words.
 *
 *   --quick       3 rounds of 2 s instead of 7 of 6 s
 *   --write       puts the table into docs/performance.md
 *   --lane NAME   only this lane, or these
 *   --rounds N, --seconds S, --connections C
 */
import { parseArgs } from 'node:util';
import type { Provided } from '../../test/kit/provide-tool.js';
import { jsonLine, tableOf, writeTable, type Load, type Measured, type Words } from './lanes.js';
import { progress } from './own-servers.js';
import { provideWrk } from './wrk.js';

/** What the rounds are played on. */
interface LaneStage {
  /** What `verify` found in the end; anything is a failure of the bench. */
  violations(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface LaneBench<Lane extends string, Stage extends LaneStage> {
  readonly words: Words<Lane>;
  /** Unless they are named. */
  readonly connections: number;
  /** Of a lane, before the first round; two in a quick run. */
  readonly warmUpSeconds: number;
  openStage(): Promise<Stage>;
  /** Before a lane is warmed up, once. @throws where the lane does not answer what it is there for */
  check?(stage: Stage, lane: Lane): Promise<void>;
  play(stage: Stage, wrk: Provided, lane: Lane, load: Load): Promise<Measured>;
}

export async function playLanes<Lane extends string, Stage extends LaneStage>(
  bench: LaneBench<Lane, Stage>,
): Promise<void> {
  const { quick, write, lane: named, ...numbers } = readArguments();
  const load = {
    connections: Number(numbers.connections ?? bench.connections),
    seconds: Number(numbers.seconds ?? (quick ? 2 : 6)),
  };
  const rounds = Number(numbers.rounds ?? (quick ? 3 : 7));
  const all = Object.keys(bench.words.told) as Lane[];
  const unknown = named?.find((lane) => !all.includes(lane as Lane));
  if (unknown !== undefined) throw new Error(`no lane ${unknown}: ${all.join(', ')}`);
  const lanes = all.filter((lane) => named === undefined || named.includes(lane));

  const wrk = await provideWrk();
  const stage = await bench.openStage();
  const measured = new Map<Lane, Measured[]>(lanes.map((lane) => [lane, []]));
  try {
    progress('warming up');
    for (const lane of lanes) {
      await bench.check?.(stage, lane);
      await bench.play(stage, wrk, lane, { ...load, seconds: quick ? 2 : bench.warmUpSeconds });
    }
    for (let no = 1; no <= rounds; no += 1) {
      for (const lane of lanes) {
        const result = await bench.play(stage, wrk, lane, load);
        measured.get(lane)!.push(result);
        progress(`round ${no} ${lane.padEnd(10)} ${result.perSecond.toFixed(0)}/s`);
      }
    }
    const violations = await stage.violations();
    if (violations.length > 0) throw new Error(violations.join('\n'));
  } finally {
    await stage.close();
  }
  console.log(tableOf(bench.words, measured));
  if (write) await writeTable(bench.words, measured, load);
  console.log(jsonLine(bench.words, measured));
}

function readArguments() {
  return parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      lane: { type: 'string', multiple: true },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      connections: { type: 'string' },
    },
  }).values;
}
