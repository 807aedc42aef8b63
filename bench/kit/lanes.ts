/** What a round of a lane gave, and what all benches of lanes print of it: a table, ratios and one line of JSON. */
import { cpus } from 'node:os';
import { readFile, writeFile } from 'node:fs/promises';
import { cpuMsOf } from './cpu.js';
import { median, spread } from './stats.js';
import { shoot, type Round, type Target } from './wrk.js';
import type { Provided } from '../../test/kit/provide-tool.js';

export interface Load {
  readonly connections: number;
  readonly seconds: number;
}

/** Process ids, or CPU microseconds of one request, by process. */
export interface ByProcess {
  readonly service: number;
  readonly mysql: number;
  readonly redis: number;
}

export interface Measured extends Round {
  readonly cost: ByProcess;
}

export type Results<Lane extends string> = ReadonlyMap<Lane, readonly Measured[]>;

/** What a bench says of its lanes. */
export interface Words<Lane extends string> {
  readonly bench: string;
  /** Of every lane, in the order in which they are played and shown. */
  readonly told: Readonly<Record<Lane, string>>;
  /** The lane whose figures are in the last line. */
  readonly subject: Lane;
  /** Requests a second of the first over those of the second. */
  readonly ratios: Readonly<Record<string, readonly [Lane, Lane]>>;
}

const DOCUMENT = 'docs/performance.md';

export async function measureRound(
  wrk: Provided,
  target: Target,
  load: Load,
  pids: ByProcess,
): Promise<Measured> {
  const before = cpuOf(pids);
  const round = await shoot(wrk, target, load);
  const after = cpuOf(pids);
  const per = (name: keyof ByProcess) => ((after[name] - before[name]) * 1_000) / round.requests;
  return { ...round, cost: { service: per('service'), mysql: per('mysql'), redis: per('redis') } };
}

function ratiosOf<Lane extends string>(
  { ratios }: Words<Lane>,
  results: Results<Lane>,
): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [name, [over, under]] of Object.entries(ratios)) {
    const [a, b] = [results.get(over), results.get(under)];
    if (a === undefined || b === undefined) continue;
    const rate = ({ perSecond }: Measured) => perSecond;
    found[name] = round(middle(a, rate) / middle(b, rate), 3);
  }
  return found;
}

export function tableOf<Lane extends string>(words: Words<Lane>, results: Results<Lane>): string {
  const lines = [...results].map(([lane, rounds]) => {
    const rates = rounds.map(({ perSecond }) => perSecond);
    const [p50Ms, p99Ms] = [middle(rounds, (one) => one.p50Ms), middle(rounds, (one) => one.p99Ms)];
    const cost = (name: keyof ByProcess) => Math.round(middle(rounds, (one) => one.cost[name]));
    return [
      words.told[lane],
      `${Math.round(median(rates))}`,
      spread(rates),
      `${round(p50Ms, 1)} / ${round(p99Ms, 1)}`,
      `${cost('service')} / ${cost('mysql')} / ${cost('redis')}`,
    ];
  });
  const ratios = Object.entries(ratiosOf(words, results)).map(([name, ratio]) => [
    name,
    `${ratio}`,
  ]);
  return [
    row([
      'lane',
      'requests/s',
      'lowest–highest',
      'p50 / p99 ms',
      'CPU µs: service / MySQL / Redis',
    ]),
    row(['---', '---:', '---:', '---:', '---:']),
    ...lines.map(row),
    '',
    row(['ratio', 'of medians']),
    row(['---', '---:']),
    ...ratios.map(row),
  ].join('\n');
}

/** For programs: `{ bench, ratios, <bench>PerSecond, p99Ms }`. */
export function jsonLine<Lane extends string>(words: Words<Lane>, results: Results<Lane>): string {
  const subject = results.get(words.subject) ?? [];
  const perSecond = middle(subject, (one) => one.perSecond);
  const p99Ms = middle(subject, (one) => one.p99Ms);
  return JSON.stringify({
    bench: words.bench,
    ratios: ratiosOf(words, results),
    [`${words.bench}PerSecond`]: Math.round(perSecond),
    p99Ms: round(p99Ms, 1),
  });
}

/** Between the marks of the bench on the page, under a line that says how it was measured. */
export async function writeTable<Lane extends string>(
  words: Words<Lane>,
  results: Results<Lane>,
  { connections, seconds }: Load,
): Promise<void> {
  const rounds = [...results.values()][0]?.length;
  const how = `${rounds} interleaved rounds of ${seconds} s, ${connections} connections, wrk on the same cores; ${machine()}.`;
  await writeBetween(words.bench, `${how}\n\n${tableOf(words, results)}`);
}

export async function writeBetween(bench: string, text: string): Promise<void> {
  const [start, end] = [`<!-- bench:${bench} -->`, `<!-- /bench:${bench} -->`];
  const page = await readFile(DOCUMENT, 'utf8');
  const [before, rest] = page.split(start);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`${DOCUMENT} has no place for the table of ${bench}`);
  await writeFile(DOCUMENT, `${before}${start}\n\n${text}\n\n${end}${after}`);
}

export function machine(): string {
  return `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}`;
}

function middle(rounds: readonly Measured[], of: (one: Measured) => number): number {
  return median(rounds.map(of));
}

export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

export function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function cpuOf(pids: ByProcess): ByProcess {
  return {
    service: cpuMsOf(pids.service),
    mysql: cpuMsOf(pids.mysql),
    redis: cpuMsOf(pids.redis),
  };
}
