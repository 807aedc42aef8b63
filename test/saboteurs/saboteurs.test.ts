/** That the saboteurs can be put into the service as it is now; `npm run test:saboteurs` shows that they are caught. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { judgeReport, type Report } from './judge-report.js';
import { pickSaboteurs } from './pick-saboteurs.js';
import { readSaboteurs, tableOf } from './read-saboteurs.js';

const saboteurs = readSaboteurs();

describe('the saboteurs', () => {
  it('are at least 25, each with a name and a number of its own', () => {
    expect(saboteurs.length).toBeGreaterThanOrEqual(25);
    const numbers = saboteurs.map(({ name }) => Number(name.slice(0, 2)));
    expect(numbers).toEqual(saboteurs.map((_, i) => i + 1));
  });

  it.each(saboteurs)(
    '$name applies to the code as it is; a patch follows the code it breaks',
    ({ path }) => {
      const { status, stderr } = spawnSync('git', ['apply', '--check', path], { encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
    },
  );

  it.each(saboteurs)('$name breaks the service and no test', ({ path }) => {
    const files = [...readFileSync(path, 'utf8').matchAll(/^\+\+\+ b\/(.+)$/gm)];
    expect(files.length).toBeGreaterThan(0);
    for (const [, file] of files) expect(file).toMatch(/^src\//);
  });

  it.each(saboteurs)('$name names a test that is there', ({ detector }) => {
    expect(readFileSync(detector.file, 'utf8')).toContain(detector.title);
  });

  it('are the table of docs/reliability.md (npm run test:saboteurs -- --table)', () => {
    const lines = readFileSync('docs/reliability.md', 'utf8').split('\n');
    const rows = lines.filter((line) => /^\| \d\d-/.test(line));
    expect(rows.map((row) => row.replaceAll(/ +/g, ' '))).toEqual(tableOf(saboteurs));
  });

  it('are picked by the hash of a commit: the same by the same, all of them by many', () => {
    const hashes = Array.from({ length: 400 }, (_, i) => `hash ${i}`);
    const picked = hashes.flatMap((hash) => {
      const three = pickSaboteurs(saboteurs, 3, hash);
      expect(new Set(three).size).toBe(3);
      expect(pickSaboteurs([...saboteurs].reverse(), 3, hash)).toEqual(three);
      return three;
    });
    expect(new Set(picked).size).toBe(saboteurs.length);
  });
});

describe('a saboteur', () => {
  const report = (status: string, failure: string, message = ''): Report => ({
    numPassedTests: status === 'passed' ? 1 : 0,
    testResults: [
      {
        name: 'x.test.ts',
        message,
        assertionResults:
          status === 'none' ? [] : [{ status, title: 'holds', failureMessages: [failure] }],
      },
    ],
  });

  it('is caught by an assertion, of a test or after all of them', () => {
    const caught = { kind: 'CAUGHT', by: 'holds' };
    expect(judgeReport(report('failed', 'AssertionError: expected 1 to be 2'))).toEqual(caught);
    expect(judgeReport(report('passed', '', 'expected 1 to be 2'))).toMatchObject({
      kind: 'CAUGHT',
    });
  });

  it('survives where everything passes', () => {
    expect(judgeReport(report('passed', ''))).toEqual({ kind: 'SURVIVED' });
  });

  it.each([
    ['a file that does not load', report('none', '', 'SyntaxError: Unexpected token')],
    ['a name that is not there', report('failed', 'ReferenceError: x is not defined')],
    ['a failure that no assertion found', report('failed', 'Error: connect ECONNREFUSED')],
    ['a title that no test has', report('skipped', '')],
  ])('is broken, not caught, by %s', (_, found) => {
    expect(judgeReport(found)).toMatchObject({ kind: 'BROKEN' });
  });
});
