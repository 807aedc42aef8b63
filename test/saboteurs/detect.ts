/** Runs what should fail on a copy of the checkout, and says what it found. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { judgeReport, type Finding, type Report } from './judge-report.js';
import type { Detector } from './read-saboteurs.js';
import { runGroup } from './run-group.js';

/** One test on a busy machine; the longest of them takes a few seconds. */
const DEADLINE_MS = 180_000;
/** A scenario builds the service first and starts servers of its own. */
const CHAOS_DEADLINE_MS = 300_000;
const CHAOS_KILLS = 5;

const TYPESCRIPT = ['--import', '@oxc-node/core/register'];

/** Together, as far as they can: tests are one run, each scenario is one. */
export async function detect(
  folder: string,
  detectors: readonly Detector[],
  isClean: boolean,
): Promise<Finding> {
  const tests = detectors.filter((detector) => detector.kind === 'test');
  if (tests.length > 0) {
    const finding = await runTests(folder, tests, isClean);
    if (finding.kind !== 'SURVIVED') return finding;
  }
  for (const detector of detectors) {
    if (detector.kind !== 'chaos') continue;
    const finding = await playScenario(folder, detector.scenario);
    if (finding.kind !== 'SURVIVED') return finding;
  }
  return { kind: 'SURVIVED' };
}

async function runTests(
  folder: string,
  tests: readonly (Detector & { kind: 'test' })[],
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

async function playScenario(folder: string, scenario: string): Promise<Finding> {
  const build = await runGroup(['npm', 'run', '--silent', 'build'], folder, DEADLINE_MS);
  if (build.code !== 0) return { kind: 'BROKEN', why: `it does not build: ${build.output}` };
  const played = await runGroup(
    [
      process.execPath,
      ...TYPESCRIPT,
      'test/chaos/main.ts',
      `--only=${scenario}`,
      `--kills=${CHAOS_KILLS}`,
    ],
    folder,
    CHAOS_DEADLINE_MS,
  );
  const said = /^ *BROKEN (.+)$/m.exec(played.output)?.[1];
  if (played.code === 0) return { kind: 'SURVIVED' };
  if (played.code === 1 && said !== undefined) return { kind: 'CAUGHT', by: said };
  return { kind: 'BROKEN', why: played.output.slice(-600) };
}

function escape(title: string): string {
  return title.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
