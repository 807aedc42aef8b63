/**
 * What a quote costs: CPU of the engine alone, for wallets and carts of several sizes, beside two yardsticks
 * measured in the same run: reading the request and writing the response as JSON, and a plain greedy.
 *
 * Counted is the CPU of the process, the least of three runs of every sample. Run: npm run bench:quotes:engine [-- --quick]
 */
import { QUOTE_NODES_MAX } from '../../src/config/limits.js';
import { applyCombination } from '../../src/quote/rules/apply-combination.js';
import { candidateOf, cartColumns, type Candidate } from '../../src/quote/rules/candidate.js';
import { computeQuote } from '../../src/quote/rules/compute-quote.js';
import { byOrderOfApplication } from '../../src/quote/rules/order-of-application.js';
import type { QuoteResult } from '../../src/quote/rules/quote.types.js';
import { ScopeIndex } from '../../src/quote/rules/scope-index.js';
import { mayStandTogether } from '../../src/quote/rules/stacking.js';
import { NOW_MS, sample, type Mix, type Sample } from './samples.js';

const QUICK = process.argv.includes('--quick');
const SAMPLES = QUICK ? 60 : 500;
const WARM_UP = QUICK ? 60 : 200;
const REPEATS = 3;
const CONTEXT = {
  nowMs: NOW_MS,
  userLevel: null,
  orderId: null,
  maxCoupons: 10,
  nodeLimit: QUOTE_NODES_MAX,
};

const SIZES: readonly (readonly [mix: Mix, coupons: number, lines: number])[] = [
  ...[1, 5, 20, 50].flatMap((coupons) =>
    [10, 100].map((lines) => ['ordinary', coupons, lines] as const),
  ),
  ['ordinary', 20, 20],
  ['ordinary', 72, 100],
  ['stackable', 20, 20],
  ['stackable', 50, 100],
  ['hostile', 20, 20],
  ['hostile', 50, 100],
  ['ordinary', 200, 1_000],
  ['hostile', 200, 1_000],
];

interface Measured {
  readonly quoteMs: number;
  readonly jsonMs: number;
  readonly greedyMs: number;
  readonly result: QuoteResult;
}

console.log(
  ['mix', 'coupons', 'lines', 'median ms', 'p99 ms', 'max ms', 'PROVED', 'nodes', 'p99 nodes']
    .concat(['x JSON', 'x greedy', 'gap'])
    .join(' | '),
);
for (const [mix, coupons, lines] of SIZES) console.log(row(mix, coupons, lines));

function row(mix: Mix, coupons: number, lines: number): string {
  const count = lines > 100 ? Math.ceil(SAMPLES / 5) : SAMPLES;
  for (let seed = 0; seed < Math.min(count, WARM_UP); seed++) {
    measure(sample(1_000_000 + seed, coupons, lines, mix));
  }
  const all = Array.from({ length: count }, (_, seed) =>
    measure(sample(seed, coupons, lines, mix)),
  );
  const quoteMs = sorted(all.map((one) => one.quoteMs));
  const nodes = sorted(all.map((one) => one.result.nodes));
  const bounded = all.filter((one) => one.result.optimality === 'BOUNDED');
  const gaps = bounded.map(({ result }) => result.upperBoundMinor! / result.discountMinor - 1);
  return [
    mix,
    coupons,
    lines,
    at(quoteMs, 0.5).toFixed(3),
    at(quoteMs, 0.99).toFixed(2),
    at(quoteMs, 1).toFixed(1),
    `${(100 * (1 - bounded.length / count)).toFixed(1)} %`,
    at(nodes, 0.5),
    at(nodes, 0.99),
    ratio(quoteMs, sorted(all.map((one) => one.jsonMs))),
    ratio(quoteMs, sorted(all.map((one) => one.greedyMs))),
    gaps.length === 0 ? '-' : `${(100 * at(sorted(gaps), 0.5)).toFixed(1)} %`,
  ].join(' | ');
}

function measure(one: Sample): Measured {
  const request = JSON.stringify(one.sent);
  let result: QuoteResult | undefined;
  const quoteMs = fastest(() => {
    result = computeQuote(one.cart, one.wallet, CONTEXT);
  });
  const jsonMs = fastest(() => {
    JSON.parse(request);
    JSON.stringify(result);
  });
  const greedyMs = fastest(() => plainGreedy(one));
  return { quoteMs, jsonMs, greedyMs, result: result! };
}

/** What saves most alone first, each kept if it may stand beside the kept ones and they save more with it. */
function plainGreedy({ cart, wallet }: Sample): number {
  const columns = cartColumns(cart.lines);
  const index = new ScopeIndex(cart.lines);
  const candidates = wallet
    .map((coupon) => candidateOf(coupon, index.eligible(coupon.rules.scope), columns))
    .filter(({ aloneMinor }) => aloneMinor > 0)
    .sort((a, b) => b.aloneMinor - a.aloneMinor);
  let kept: Candidate[] = [];
  let savedMinor = 0;
  for (const candidate of candidates) {
    if (kept.length === CONTEXT.maxCoupons) break;
    const { rules } = candidate.coupon;
    if (!kept.every((other) => mayStandTogether(rules, other.coupon.rules))) continue;
    const tried = [...kept, candidate].sort((a, b) => byOrderOfApplication(a.coupon, b.coupon));
    const { applications, discountMinor } = applyCombination(tried, columns);
    const allSave = applications.every(({ turn }) => turn.discountMinor > 0);
    if (allSave && discountMinor > savedMinor) [kept, savedMinor] = [tried, discountMinor];
  }
  return savedMinor;
}

/** CPU of the process in milliseconds, the least of some runs: neighbours on the machine do not count. */
function fastest(work: () => void): number {
  let best = Infinity;
  for (let i = 0; i < REPEATS; i++) {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, (user + system) / 1_000);
  }
  return best;
}

function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

function at(ascending: readonly number[], part: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * part))]!;
}

function ratio(a: readonly number[], b: readonly number[]): string {
  return (at(a, 0.5) / at(b, 0.5)).toFixed(1);
}
