/** The frame of the jobs: one worker at a time, and a worker that lost a job writes nothing of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../src/kernel/ids.js';
import { inPages, type JobRun, type LeasedJob } from '../../src/upkeep/frame/job.js';
import { JOB_SQL, readJobs } from '../../src/upkeep/frame/job.store.js';
import { LEASE_TIMES, LeaseLost, runLeased } from '../../src/upkeep/frame/run-leased.js';
import { scheduleJobs } from '../../src/upkeep/frame/schedule-jobs.js';
import { openStores, type Stores } from '../kit/stores.js';

const HOUR_MS = 3_600_000;
const workerA = newId(Date.now());
const workerB = newId(Date.now());

describe('a leased job', () => {
  let stores: Stores;
  let jobs = 0;
  beforeAll(async () => {
    stores = await openStores();
    await stores.database.transaction((sql) =>
      sql.change('CREATE TABLE work (id INT PRIMARY KEY, worker CHAR(26))'),
    );
  });
  afterAll(() => stores.close());
  beforeEach(() => stores.database.transaction((sql) => sql.change('DELETE FROM work')));

  const jobOf = (run: LeasedJob['run'], everyMs = HOUR_MS): LeasedJob => ({
    name: `job-${(jobs += 1)}`,
    pattern: '* * * * * *',
    everyMs,
    run,
  });
  const start = (job: LeasedJob, holder: string, times = LEASE_TIMES) =>
    runLeased(job, {
      database: stores.database,
      holder,
      stopping: new AbortController().signal,
      times,
    });
  const recordOf = async ({ name }: LeasedJob) =>
    (await readJobs(stores.database)).find((record) => record.name === name)!;
  const write = ({ database }: JobRun, id: number, worker: string) =>
    database.transaction((sql) => sql.change('INSERT INTO work VALUES (?, ?)', [id, worker]));
  const written = async () =>
    (await stores.database.rows('SELECT id, worker FROM work ORDER BY id')).map(
      (row) => `${row['id']} ${row['worker'] === workerA ? 'A' : 'B'}`,
    );
  /** As if the time of the lease had passed while its holder stood still. */
  const endLease = ({ name }: LeasedJob) =>
    stores.database.transaction((sql) =>
      sql.change('UPDATE job SET leased_until = UTC_TIMESTAMP(3) WHERE name = ?', [name]),
    );

  it('runs in one of many workers that ask at once, and is due again only after its period', async () => {
    let runs = 0;
    const job = jobOf(async () => {
      runs += 1;
      await sleep(50);
      return { handled: 7 };
    });
    const workers = Array.from({ length: 8 }, () => newId(Date.now()));
    const ends = await Promise.all(workers.map((worker) => start(job, worker)));
    expect(ends.filter((end) => end !== undefined)).toHaveLength(1);
    expect(await start(job, workerA)).toBeUndefined();
    expect(runs).toBe(1);
    expect(await recordOf(job)).toMatchObject({ isRunning: false, handled: 7, lastError: null });
  });

  it('is due at once where its last run failed or had more to do', async () => {
    const ends = [{ handled: 1, isMore: true }, new Error('no luck'), { handled: 1 }];
    const job = jobOf(async () => {
      const end = ends.shift()!;
      if (end instanceof Error) throw end;
      return end;
    });
    await start(job, workerA);
    await start(job, workerB);
    expect((await recordOf(job)).lastError).toBe('Error: no luck');
    await start(job, workerA);
    expect(await recordOf(job)).toMatchObject({ handled: 2, lastError: null });
    expect(await start(job, workerA)).toBeUndefined();
  });

  it('keeps its lease for as long as it runs, however long that is', async () => {
    const job = jobOf(async () => {
      const ends = new Set<unknown>();
      while (ends.size < 4) {
        const [row] = await stores.database.rows('SELECT leased_until FROM job WHERE name = ?', [
          job.name,
        ]);
        ends.add(row!['leased_until']);
        await sleep(5);
      }
      return { handled: 1 };
    });
    const end = await start(job, workerA, { ...LEASE_TIMES, renewEveryMs: 20 });
    expect(end).toEqual({ result: { handled: 1 } });
  });

  it('has no late write of a holder that stood still while another took over', async () => {
    const frozen = Promise.withResolvers<void>();
    const asleep = Promise.withResolvers<void>();
    const job = jobOf(async (run) => {
      await write(run, 1, workerA);
      asleep.resolve();
      await frozen.promise;
      await write(run, 2, workerA);
      return { handled: 2 };
    });
    const late = start(job, workerA);
    await asleep.promise;
    await endLease(job);
    await start(
      { ...job, run: async (run) => ({ handled: await write(run, 2, workerB) }) },
      workerB,
    );
    frozen.resolve();
    expect(await late).toMatchObject({ error: expect.any(LeaseLost) });
    expect(await written()).toEqual(['1 A', '2 B']);
    expect(await recordOf(job)).toMatchObject({ handled: 1, lastError: null });
  });

  it('is not taken over in the middle of a write', async () => {
    const inside = Promise.withResolvers<void>();
    const order: string[] = [];
    const job = jobOf(async (run) => {
      await endLease(job);
      await run.database.transaction(async (sql) => {
        await sql.change('INSERT INTO work VALUES (1, ?)', [workerA]);
        inside.resolve();
        await sleep(300);
        order.push('A commits');
      });
      return { handled: 1 };
    });
    const first = start(job, workerA);
    await inside.promise;
    const run = async () => {
      order.push('B runs');
      return { handled: 0 };
    };
    await start({ ...job, run }, workerB);
    await first;
    expect(order).toEqual(['A commits', 'B runs']);
  });

  it('goes on where a worker that died had come to', async () => {
    const died = new Error('the worker died here');
    const until = (last: number) => async (run: JobRun) => {
      for (let id = Number(run.progress?.['id'] ?? 0) + 1; id <= last; id += 1) {
        await run.database.transaction(async (sql) => {
          await sql.change('INSERT INTO work VALUES (?, ?)', [id, workerA]);
          await run.keep(sql, { id });
          if (id === 4 && last === 4) throw died;
        });
      }
      return { handled: last };
    };
    const job = jobOf(until(4));
    await start(job, workerA);
    expect((await recordOf(job)).progress).toEqual({ id: 3 });
    await start({ ...job, run: until(6) }, workerB);
    expect(await written()).toHaveLength(6);
    expect((await recordOf(job)).progress).toEqual({ id: 6 });
  });

  it('that hangs is given up, and what it writes later is refused', async () => {
    const frozen = Promise.withResolvers<void>();
    let late: Promise<unknown> | undefined;
    const job = jobOf((run) => {
      late = frozen.promise.then(() => write(run, 1, workerA));
      return late.then(() => ({ handled: 1 }));
    });
    const end = await start(job, workerA, { ...LEASE_TIMES, giveUpMs: 50 });
    expect(String((end as { error: unknown }).error)).toContain('did not end in time');
    frozen.resolve();
    await expect(late).rejects.toBeInstanceOf(LeaseLost);
    expect(await written()).toEqual([]);
  });

  it('goes on page after page while they are full, and ends after its time', async () => {
    const pages = [5, 5, 3, 5];
    const run = { signal: new AbortController().signal };
    expect(await inPages(run, 5, async () => pages.shift()!)).toEqual({
      handled: 13,
      isMore: false,
    });
    const job = jobOf((leased) => inPages(leased, 5, () => sleep(20, 5)));
    const end = await start(job, workerA, { ...LEASE_TIMES, runMs: 30 });
    expect(end).toMatchObject({ result: { isMore: true } });
  });

  it('ends with its worker, and leaves no lease behind', async () => {
    const begun = Promise.withResolvers<void>();
    const job = jobOf((run) =>
      inPages(run, 1, async () => {
        begun.resolve();
        return sleep(20, 1);
      }),
    );
    const outcomes: string[] = [];
    const worker = scheduleJobs([job], {
      database: stores.database,
      holder: workerA,
      observer: {
        ran: (name, outcome) => outcomes.push(`${name} ${outcome}`),
        failed: () => undefined,
      },
    });
    await begun.promise;
    await worker.stop();
    expect(outcomes).toEqual([`${job.name} done`]);
    expect((await recordOf(job)).isRunning).toBe(false);
  });

  it('is behind by the oldest thing due, or by the time since it should have succeeded', async () => {
    const job = jobOf(async () => ({ handled: 0, lagMs: 5_000 }), 1_000);
    await start(job, workerA);
    expect((await recordOf(job)).lagMs).toBe(5_000);
    await stores.database.transaction((sql) =>
      sql.change(
        'UPDATE job SET last_success_at = UTC_TIMESTAMP(3) - INTERVAL 61 SECOND WHERE name = ?',
        [job.name],
      ),
    );
    expect((await recordOf(job)).lagMs).toBeGreaterThanOrEqual(60_000);
  });

  it('is found by its primary key in every statement that writes or locks', async () => {
    const mine = ['job-1', 1, workerA];
    const plans: [string, (string | number | null)[]][] = [
      [JOB_SQL.take, [workerA, 1, 1, 1, 'job-1']],
      [JOB_SQL.fence, mine],
      [JOB_SQL.keep, ['{}', ...mine]],
      [JOB_SQL.renew, [1, ...mine]],
      [JOB_SQL.succeed, [1, 1, 0, ...mine]],
      [JOB_SQL.fail, ['', ...mine]],
    ];
    for (const [sql, values] of plans) {
      const [plan] = await stores.database.rows(`EXPLAIN ${sql}`, values);
      // Where the optimizer reads the one row beforehand and it does not fit, there is nothing left to plan.
      expect(plan!['key'] ?? 'PRIMARY', sql).toBe('PRIMARY');
      expect(plan!['type'], sql).not.toBe('ALL');
    }
  });
});
