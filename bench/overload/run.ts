/**
 * What becomes of the service at five times of what it can do. Starts its own stores, the built service
 * and a generator, each a process; nothing has to run. All of them share the machine's cores.
 *
 *   npm run bench:overload             about a minute and a half
 *   npm run bench:overload -- --quick  half a minute
 *
 * Peak: the best of closed loops. Overload: five times that, open loop. After: half of the peak, open loop.
 * Exit 1 if verify finds a broken promise; figures that miss their goal are printed, not hidden.
 */
import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { openSetting } from './setting.js';
import type { Report, Window } from './tally.js';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const RAMP_S = values.quick ? 3 : 8;
const OVERLOAD_S = values.quick ? 6 : 20;
const AFTER_S = 5;
const TIMES = 5;
const CONNECTIONS = 1_000;
/** A tenth of a second is normal if nothing was refused in it and no claim took longer than this. */
const NORMAL_MS = 250;
const NORMAL_WINDOWS = 5;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const setting = await openSetting();
try {
  await setting.load({ connections: 64, seconds: RAMP_S, label: 'warm' });
  let peak = 0;
  for (const connections of [64, 128, 192]) {
    const round = await setting.load({ connections, seconds: RAMP_S, label: `c${connections}` });
    const { count, p50Ms, p99Ms } = round.outcomes.claimed;
    say(
      `closed, ${connections} connections: ${perSecond(round)}/s, p50 ${p50Ms} ms, p99 ${p99Ms} ms`,
    );
    peak = Math.max(peak, count / RAMP_S);
  }
  const before = await setting.memory();
  const shape = { connections: CONNECTIONS, label: 'over', rate: Math.round(peak * TIMES) };
  const over = await setting.load({ ...shape, seconds: OVERLOAD_S });
  show(`open, ${shape.rate}/s (${TIMES} times the peak)`, over);
  const calm = { connections: CONNECTIONS, label: 'after', rate: Math.round(peak / 2) };
  const after = await setting.load({ ...calm, seconds: AFTER_S });
  show(`open, ${calm.rate}/s (half of the peak)`, after);
  const memory = await setting.memory();
  const violations = await setting.violations();
  const { claimed, shedHard, shedSoft } = over.outcomes;
  say(
    `memory: ${before.nowMb} MB before, ${memory.mostMb} MB at most; broken promises: ${violations.length}`,
  );
  say(
    JSON.stringify({
      bench: 'overload',
      peakPerSecond: Math.round(peak),
      offeredPerSecond: shape.rate,
      goodputRatio: round2(claimed.count / OVERLOAD_S / peak),
      admitted: { p50Ms: claimed.p50Ms, p99Ms: claimed.p99Ms },
      shed: {
        hard: shedHard.count,
        soft: shedSoft.count,
        p50Ms: shedHard.p50Ms,
        p99Ms: shedHard.p99Ms,
      },
      normalAgainMs: normalAgainMs(after.windows),
      rssMaxMb: memory.mostMb,
      verified: violations.length === 0,
    }),
  );
  if (violations.length > 0) process.exitCode = 1;
} finally {
  await setting.close();
}

function show(title: string, report: Report): void {
  say(title);
  for (const [outcome, { count, p50Ms, p99Ms }] of Object.entries(report.outcomes)) {
    if (count === 0) continue;
    const rate = Math.round(count / report.seconds);
    say(`  ${outcome}: ${rate}/s, p50 ${p50Ms} ms, p99 ${p99Ms} ms`);
  }
}

/** From the end of the overload to the first of five normal windows in a row; null: not in this run. */
function normalAgainMs(windows: readonly Window[]): number | null {
  const isNormal = windows.map(
    ({ refused, claimMaxMs }) => refused === 0 && claimMaxMs <= NORMAL_MS,
  );
  const index = isNormal.findIndex(
    (_, i) =>
      i + NORMAL_WINDOWS <= windows.length && isNormal.slice(i, i + NORMAL_WINDOWS).every(Boolean),
  );
  return index === -1 ? null : index * 100;
}

function perSecond({ outcomes, seconds }: Report): number {
  return Math.round(outcomes.claimed.count / seconds);
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
