/** From rounds to a table, ratios and one line of JSON. */
import { cpus } from 'node:os';
import { readFile, writeFile } from 'node:fs/promises';
import { median, spread } from '../kit/stats.js';
import type { Lane, Load, Measured } from './rounds.js';

type Results = ReadonlyMap<Lane, readonly Measured[]>;

const TOLD: Readonly<Record<Lane, string>> = {
  echo: 'node:http echo',
  standalone: 'Apollo startStandaloneServer, hello, same authentication',
  constant: 'this service, claim answered from memory',
  soldout: 'this service, sold out',
  durable: '**this service, durable claim**',
  unguarded: 'the same, no device to count',
  afterRedis: 'the same, answered after Redis',
  forUpdate: 'the same, SELECT … FOR UPDATE for each claim',
};

const RATIOS = {
  durable_constant: ['durable', 'constant'],
  durable_standalone: ['durable', 'standalone'],
  durable_forupdate: ['durable', 'forUpdate'],
  constant_echo: ['constant', 'echo'],
  soldout_constant: ['soldout', 'constant'],
  unguarded_durable: ['unguarded', 'durable'],
  durable_afterredis: ['durable', 'afterRedis'],
} as const;

const START = '<!-- bench:claims -->';
const END = '<!-- /bench:claims -->';
const DOCUMENT = 'docs/performance.md';

export function jsonLine(results: Results): string {
  const durable = results.get('durable') ?? [];
  return JSON.stringify({
    bench: 'claims',
    ratios: ratiosOf(results),
    claimsPerSecond: Math.round(middle(durable, ({ perSecond }) => perSecond)),
    p99Ms: round(
      middle(durable, ({ p99Ms }) => p99Ms),
      1,
    ),
  });
}

export function printTable(results: Results): void {
  console.log(tableOf(results));
}

/** Between the marks of the page. */
export async function writeTable(results: Results, { connections, seconds }: Load): Promise<void> {
  const page = await readFile(DOCUMENT, 'utf8');
  const [before, rest] = page.split(START);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error(`${DOCUMENT} has no place for the table`);
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}`;
  const rounds = [...results.values()][0]?.length;
  const how = `${rounds} interleaved rounds of ${seconds} s, ${connections} connections, wrk on the same cores; ${machine}.`;
  const table = `${START}\n\n${how}\n\n${tableOf(results)}\n\n${END}`;
  await writeFile(DOCUMENT, `${before}${table}${after}`);
}

function tableOf(results: Results): string {
  const lines = [...results].map(([lane, rounds]) => {
    const rates = rounds.map(({ perSecond }) => perSecond);
    const cost = (name: keyof Measured['cost']) => middle(rounds, (one) => one.cost[name]);
    return [
      TOLD[lane],
      `${Math.round(median(rates))}`,
      spread(rates),
      `${round(
        middle(rounds, ({ p50Ms }) => p50Ms),
        1,
      )} / ${round(
        middle(rounds, ({ p99Ms }) => p99Ms),
        1,
      )}`,
      `${Math.round(cost('service'))} / ${Math.round(cost('mysql'))} / ${Math.round(cost('redis'))}`,
    ];
  });
  const ratios = Object.entries(ratiosOf(results)).map(([name, ratio]) => [name, `${ratio}`]);
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

function ratiosOf(results: Results): Record<string, number> {
  const ratios: Record<string, number> = {};
  for (const [name, [over, under]] of Object.entries(RATIOS)) {
    const [a, b] = [results.get(over), results.get(under)];
    if (a === undefined || b === undefined) continue;
    const rate = ({ perSecond }: Measured) => perSecond;
    ratios[name] = round(middle(a, rate) / middle(b, rate), 3);
  }
  return ratios;
}

const middle = (rounds: readonly Measured[], of: (one: Measured) => number) =>
  median(rounds.map(of));
const round = (value: number, digits: number) => Number(value.toFixed(digits));
const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
