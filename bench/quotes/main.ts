/**
 * Quotes through HTTP, ten coupons and ten lines, beside a constant object of the same shape on the same
 * server. Rounds are interleaved in one run, and what counts is their ratio. Its servers are its own.
 *
 *   npm run bench:quotes               7 rounds of 6 s of each lane
 *   npm run bench:quotes -- --quick    3 rounds of 2 s, under two minutes
 *   npm run bench:quotes -- --write    puts the table into docs/performance.md
 *   … --lane quote                    one of the lanes
 *
 * The last line is JSON. What the engine alone costs, with larger wallets and carts, says bench:quotes:engine.
 */
import 'reflect-metadata';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { measureRound, ratiosOf, tableOf, writeTable } from '../kit/lanes.js';
import { middle, round, type Measured, type Words } from '../kit/lanes.js';
import { progress } from '../kit/own-servers.js';
import { provideWrk } from '../kit/wrk.js';
import { quoteBody } from './request.js';
import { openStage, type ServiceLane } from './stage.js';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    lane: { type: 'string', multiple: true },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    connections: { type: 'string', default: '64' },
  },
});
const rounds = Number(values.rounds ?? (values.quick ? 3 : 7));
const load = {
  connections: Number(values.connections),
  seconds: Number(values.seconds ?? (values.quick ? 2 : 6)),
};
const WORDS: Words<ServiceLane> = {
  bench: 'quotes',
  told: {
    constant: 'this service, quote answered from memory',
    quote: '**this service, quote**',
    cached: 'the same, the wallet from Redis and never invalidated',
  },
  ratios: { quote_constant: ['quote', 'constant'], cached_quote: ['cached', 'quote'] },
};
const lanes = (['constant', 'quote', 'cached'] as const).filter(
  (lane) => values.lane === undefined || values.lane.includes(lane),
);

const wrk = await provideWrk();
const stage = await openStage();
const measured = new Map<ServiceLane, Measured[]>(lanes.map((lane) => [lane, []]));
try {
  progress('warming up');
  for (const lane of lanes) {
    await requireQuote(lane);
    await play(lane, 2);
  }
  for (let no = 1; no <= rounds; no += 1) {
    for (const lane of lanes) {
      const result = await play(lane, load.seconds);
      measured.get(lane)!.push(result);
      progress(`round ${no} ${lane.padEnd(10)} ${result.perSecond.toFixed(0)}/s`);
    }
  }
  const violations = await stage.violations();
  if (violations.length > 0) throw new Error(violations.join('\n'));
} finally {
  await stage.close();
}
console.log(tableOf(WORDS, measured));
if (values.write) await writeTable(WORDS, measured, load);
const quotes = measured.get('quote') ?? [];
console.log(
  JSON.stringify({
    bench: WORDS.bench,
    ratios: ratiosOf(WORDS, measured),
    quotesPerSecond: Math.round(middle(quotes, ({ perSecond }) => perSecond)),
    p99Ms: round(
      middle(quotes, ({ p99Ms }) => p99Ms),
      1,
    ),
  }),
);

function play(lane: ServiceLane, seconds: number): Promise<Measured> {
  const { url, pid } = stage.servers[lane];
  const target = { url, tokens: stage.tokens, body: quoteBody() };
  return measureRound(wrk, target, { ...load, seconds }, { ...stage.pids, service: pid });
}

/** What wrk cannot see: that the answer is a quote with coupons. */
async function requireQuote(lane: ServiceLane): Promise<void> {
  const [token] = (await readFile(stage.tokens, 'utf8')).split('\n');
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const body = quoteBody().replaceAll('%KEY%', '1');
  const response = await fetch(stage.servers[lane].url, { method: 'POST', headers, body });
  const answer = await response.text();
  const { data } = JSON.parse(answer) as { data?: { quoteDiscount?: { applied: unknown[] } } };
  if (!data?.quoteDiscount?.applied.length) throw new Error(`${lane} answered ${answer}`);
}
