/** The table of the bench of jobs: ratios first, for a machine that is busy is busy for both. */
import { median } from '../kit/stats.js';
import { quantile, together, type Stretch } from './claim-load.js';

/** One stretch of claims, and the cores that each process used meanwhile. */
export interface Load {
  readonly stretch: Stretch;
  readonly cpu: Readonly<Record<'mysql' | 'worker' | 'claims', number>>;
}

export interface Measured {
  /** Just before; undefined: this round was not compared. */
  readonly quiet: Load | undefined;
  readonly busy: Load;
  readonly expired: number;
}

export function printRounds(rounds: readonly Measured[], ratePerS: number): void {
  const pairs = rounds.filter((round): round is Measured & { quiet: Load } => !!round.quiet);
  const ratios = pairs.map(
    ({ quiet, busy }) => quantile(busy.stretch, 0.99) / quantile(quiet.stretch, 0.99),
  );
  const quiet = pairs.map((pair) => pair.quiet);
  const busy = rounds.map((round) => round.busy);
  const expired = rounds.reduce((sum, round) => sum + round.expired, 0);
  const { lastedMs } = together(busy.map(({ stretch }) => stretch));
  print('held back', quiet, ratePerS);
  print('expiring', busy, ratePerS);
  const all = (loads: readonly Load[]) => together(loads.map(({ stretch }) => stretch));
  const ofAll = quantile(all(pairs.map((pair) => pair.busy)), 0.99) / quantile(all(quiet), 0.99);
  const report = {
    bench: 'jobs',
    p99Ratio: round(ofAll),
    p99RatioMedianOfRounds: round(median(ratios)),
    rounds: ratios.map(round),
    expired,
    expiredPerS: Math.round((expired / lastedMs) * 1_000),
  };
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

function print(what: string, loads: readonly Load[], ratePerS: number): void {
  const stretch = together(loads.map((load) => load.stretch));
  const cores = (['mysql', 'worker', 'claims'] as const).map((name) => {
    const used = loads.reduce(
      (sum, { cpu, stretch: { lastedMs } }) => sum + cpu[name] * lastedMs,
      0,
    );
    return `${name} ${(used / stretch.lastedMs).toFixed(2)}`;
  });
  const [p50, p99] = [0.5, 0.99].map((share) => quantile(stretch, share).toFixed(1));
  process.stdout.write(
    `${what}: ${stretch.tookMs.length} claims at ${ratePerS}/s in ${(stretch.lastedMs / 1_000).toFixed(0)} s,` +
      ` p50 ${p50} ms, p99 ${p99} ms, failed ${stretch.failures}; cores: ${cores.join(', ')}\n`,
  );
}

function round(ratio: number): number {
  return Math.round(ratio * 100) / 100;
}
