/** One search: Spin writes a checker for the model with these flags, cc builds it, it visits every state. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../src/storage/servers/run-command.js';
import type { Search } from './searches.js';

const MEMORY_MAX_MB = 1_500;
const DEPTH_MAX = 100_000;
const BUILD_TIMEOUT_MS = 120_000;
const SEARCH_TIMEOUT_MS = 900_000;

export interface Found {
  /** holds: every state was visited. violated: the first violation. unfinished: nothing is known. */
  readonly verdict: 'holds' | 'violated' | 'unfinished';
  readonly reason: string;
  readonly states: number;
  readonly depth: number;
  readonly tookS: number;
}

/** @param folder is made anew; a violation leaves its trail there */
export async function runSearch(
  { spin, model, folder }: { spin: string; model: string; folder: string },
  { flags, expected }: Search,
): Promise<Found> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const startedAt = performance.now();
  const build = async (file: string, args: readonly string[]): Promise<void> => {
    const built = await runCommand(file, args, { cwd: folder, timeoutMs: BUILD_TIMEOUT_MS });
    if (!built.isOk) throw new Error(`${file} ${args.join(' ')} failed:\n${built.output}`);
  };
  await build(spin, ['-a', ...flags, model]);
  // All steps are on shared state, so there is no order that could be left out: NOREDUCE says so.
  const optimise = expected === 'holds' ? '-O1' : '-O0';
  const defines = ['-DSAFETY', '-DNOREDUCE', `-DMEMLIM=${MEMORY_MAX_MB}`];
  await build('cc', [optimise, '-w', ...defines, '-o', 'pan', 'pan.c']);
  const { output } = await runCommand(join(folder, 'pan'), [`-m${DEPTH_MAX}`, '-w22'], {
    cwd: folder,
    timeoutMs: SEARCH_TIMEOUT_MS,
  });
  return { ...readReport(output), tookS: (performance.now() - startedAt) / 1000 };
}

/** What a checker printed. Anything that is not surely a finished search is unfinished. */
export function readReport(output: string): Omit<Found, 'tookS'> {
  const states = Number(/([\d.e+]+) states, stored/.exec(output)?.[1] ?? 0);
  const depth = Number(/depth reached (\d+)/.exec(output)?.[1] ?? 0);
  const errors = Number(/errors: (\d+)/.exec(output)?.[1] ?? -1);
  const reason = /pan:\d+: (.*) \(at depth \d+\)/.exec(output)?.[1] ?? '';
  if (errors > 0 && reason !== '') return { verdict: 'violated', reason, states, depth };
  const isCut = /max search depth too small|reached -DMEMLIM|out of memory|not completed/.test(
    output,
  );
  if (errors === 0 && states > 0 && !isCut) return { verdict: 'holds', reason, states, depth };
  return { verdict: 'unfinished', reason: output.slice(-300), states, depth };
}
