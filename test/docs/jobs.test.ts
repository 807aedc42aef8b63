/** The page of jobs names every job, and how often it runs. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobsOf } from '../../src/upkeep/jobs.js';
import { openWorld, type World } from '../kit/world.js';

const page = readFileSync(new URL('../../docs/JOBS.md', import.meta.url), 'utf8');
const UNITS_MS = { s: 1_000, min: 60_000 } as const;

describe('docs/JOBS.md', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  it('has a row for every job, with its period, and none for what is no job', () => {
    const rows = [...page.matchAll(/^\| `([\w-]+)` +\| (\d+) (s|min)[ ,]/gm)].map(
      ([, name, count, unit]) => [name, Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS]],
    );
    const jobs = jobsOf(world.app).map(({ name, everyMs }) => [name, everyMs]);
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(jobs));
    expect(rows).toHaveLength(jobs.length);
  });
});
