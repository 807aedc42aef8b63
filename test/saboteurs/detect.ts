/** Runs the tests that should fail on a copy of the checkout, all in one run, and says what they found. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { judgeReport, type Finding, type Report } from './judge-report.js';
import type { Detector } from './read-saboteurs.js';
import { runGroup } from './run-group.js';

/** All of them together take a minute on a busy machine. */
const DEADLINE_MS = 300_000;

export async function detect(
  folder: string,
  tests: readonly Detector[],
  isClean: boolean,
): Promise<Finding> {
  const reportFile = join(folder, 'report.json');
  rmSync(reportFile, { force: true });
  const titles = [...new Set(tests.map(({ title }) => escape(title)))].join('|');
  const { isLate, output } = await runGroup(
    [
      process.execPath,
      'node_modules/vitest/vitest.mjs',
      'run',
      ...new Set(tests.map(({ file }) => file)),
      `--testNamePattern=${titles}`,
      '--reporter=json',
      `--outputFile=${reportFile}`,
      // Without a patch they must pass, and a busy machine may make one late; with it the first to fail is enough.
      ...(isClean ? ['--retry=2'] : ['--bail=1']),
    ],
    folder,
    DEADLINE_MS,
  );
  if (isLate) return { kind: 'BROKEN', why: `no end within ${DEADLINE_MS / 1_000} s` };
  if (!existsSync(reportFile)) return { kind: 'BROKEN', why: output.slice(-600) };
  return judgeReport(JSON.parse(readFileSync(reportFile, 'utf8')) as Report);
}

function escape(title: string): string {
  return title.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
