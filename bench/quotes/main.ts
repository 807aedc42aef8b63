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
import type { Provided } from '../../test/kit/provide-tool.js';
import { measureRound, type Load, type Measured, type Words } from '../kit/lanes.js';
import { playLanes } from '../kit/play-lanes.js';
import { quoteBody } from './request.js';
import { openStage, type ServiceLane, type Stage } from './stage.js';

const WORDS: Words<ServiceLane> = {
  bench: 'quotes',
  told: {
    constant: 'this service, quote answered from memory',
    quote: '**this service, quote**',
    cached: 'the same, the wallet from Redis and never invalidated',
  },
  subject: 'quote',
  ratios: { quote_constant: ['quote', 'constant'], cached_quote: ['cached', 'quote'] },
};

await playLanes({
  words: WORDS,
  connections: 64,
  warmUpSeconds: 2,
  openStage,
  check: requireQuote,
  play,
});

function play(stage: Stage, wrk: Provided, lane: ServiceLane, load: Load): Promise<Measured> {
  const { url, pid } = stage.servers[lane];
  const target = { url, tokens: stage.tokens, body: quoteBody() };
  return measureRound(wrk, target, load, { ...stage.pids, service: pid });
}

/** What wrk cannot see: that the answer is a quote with coupons. */
async function requireQuote(stage: Stage, lane: ServiceLane): Promise<void> {
  const [token] = (await readFile(stage.tokens, 'utf8')).split('\n');
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const body = quoteBody().replaceAll('%KEY%', '1');
  const response = await fetch(stage.servers[lane].url, { method: 'POST', headers, body });
  const answer = await response.text();
  const { data } = JSON.parse(answer) as { data?: { quoteDiscount?: { applied: unknown[] } } };
  if (!data?.quoteDiscount?.applied.length) throw new Error(`${lane} answered ${answer}`);
}
