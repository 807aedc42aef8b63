/** The flash sale on the terminal: a bar with live counts while it runs, a table when it is over. */
import { Presets, SingleBar } from 'cli-progress';
import type { Tally } from './flash-sale.js';
import { count, table } from './print.js';

type Answers = Tally['answers'];

const FORMAT =
  '  {bar} {percentage} % | {value}/{total} users | claimed {claimed} | sold out {soldOut} | refused {refused}';
const FRAMES_PER_S = 10;
/** Where there is no terminal, a line this often. */
const NO_TERMINAL_LINE_MS = 2_000;

export function saleProgress(users: number) {
  const bar = new SingleBar(
    {
      format: FORMAT,
      barsize: 24,
      fps: FRAMES_PER_S,
      hideCursor: true,
      noTTYOutput: true,
      notTTYSchedule: NO_TERMINAL_LINE_MS,
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  bar.start(users, 0, payload({}));
  return {
    update: (done: number, answers: Answers) => bar.update(done, payload(answers)),
    stop: () => bar.stop(),
  };
}

export function saleTable(tally: Tally, invariants: string): string {
  const { answers, requests, tookMs, p50Ms, p99Ms } = tally;
  const named = new Set(['CLAIMED', 'REPLAYED', 'SOLD_OUT', 'USER_LIMIT_REACHED']);
  const others = Object.entries(answers).filter(([name]) => !named.has(name));
  return `\n${table([
    ['claimed', count(answers['CLAIMED'] ?? 0)],
    ['sold out', count(answers['SOLD_OUT'] ?? 0)],
    ['refused per user', count(answers['USER_LIMIT_REACHED'] ?? 0)],
    ['same key, same answer', count(answers['REPLAYED'] ?? 0)],
    ...others.map(([name, times]) => [name, count(times)] as const),
    ['requests', `${count(requests)} in ${(tookMs / 1_000).toFixed(1)} s`],
    ['requests/s', count(Math.round(requests / (tookMs / 1_000)))],
    ['p50 / p99', `${p50Ms.toFixed(0)} ms / ${p99Ms.toFixed(0)} ms`],
    ['invariants', invariants],
  ])}`;
}

function payload(answers: Answers) {
  return {
    claimed: answers['CLAIMED'] ?? 0,
    soldOut: answers['SOLD_OUT'] ?? 0,
    refused: answers['USER_LIMIT_REACHED'] ?? 0,
  };
}
