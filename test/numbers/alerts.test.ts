/** What operators are told to look at, through GraphQL. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/kernel/ids.js';
import { redisKeys } from '../../src/storage/redis-keys.js';
import type { LeasedJob } from '../../src/upkeep/frame/job.js';
import { runLeased } from '../../src/upkeep/frame/run-leased.js';
import { jobsOf } from '../../src/upkeep/jobs.js';
import { seedTemplate } from '../kit/seed.js';
import { start, type TestService } from '../kit/service.js';
import { activeTemplate, claim } from '../kit/world.js';

const READ = `query ($below: Float) { alerts(lowStockBelow: $below) {
  kind severity value limit templates { id remainingCount } job } }`;

interface Alert {
  readonly kind: string;
  readonly value: number;
  readonly job: string | null;
  readonly templates: readonly { readonly id: string; readonly remainingCount: number }[];
}

describe('alerts in the graph', () => {
  let service: TestService;
  let admin: string;
  beforeAll(async () => {
    // No worker: the test says what runs.
    service = await start({ env: { ROLE: 'api', LOG_LEVEL: 'silent' } });
    admin = await service.token({ sub: 'olga', scope: 'coupons:admin' });
  });
  afterAll(() => service.stop());

  const change = (sql: string, values: string[] = []) =>
    service.stores.database.transaction((run) => run.change(sql, values));
  const ask = (variables: { below?: number | null } = {}, token = admin) =>
    service.query<{ alerts: Alert[] }>(READ, variables, token);
  const alerts = async (below?: number) => {
    const { data, errors } = await ask(below === undefined ? {} : { below });
    expect(errors).toEqual([]);
    return data!.alerts;
  };
  const run = (name: string) => {
    const job = jobsOf(service.app).find((one) => one.name === name) as LeasedJob;
    const { database } = service.stores;
    return runLeased(job, {
      database,
      holder: newId(Date.now()),
      stopping: new AbortController().signal,
    });
  };

  it('are none where there is nothing to look at', async () => {
    expect(await alerts()).toEqual([]);
  });

  it('name the templates whose stock is low, by the share that is asked for', async () => {
    const { database } = service.stores;
    const { id: half } = await seedTemplate(database, { totalCount: 100 });
    const { id: low } = await seedTemplate(database, { totalCount: 100 });
    await change('UPDATE template SET issued = 50 WHERE id = ?', [half]);
    await change('UPDATE template SET issued = 95 WHERE id = ?', [low]);
    expect(await alerts()).toEqual([
      {
        kind: 'LOW_STOCK',
        severity: 'INFO',
        value: 0.05,
        limit: 0.1,
        templates: [{ id: low, remainingCount: 5 }],
        job: null,
      },
    ]);
    const [wide] = await alerts(0.6);
    expect(wide!.templates.map(({ id }) => id)).toEqual([low, half]);
    await change("UPDATE template SET status = 'STOPPED', issued = 0");
    expect(await alerts()).toEqual([]);
  });

  it('name the templates with the most unused coupons and the most that expire, as counted last', async () => {
    const { database } = service.stores;
    const { id: few } = await seedTemplate(database);
    const { id: many } = await seedTemplate(database);
    const counts = { [few]: [1_000, 10], [many]: [40_000, 20_000] } as const;
    for (const [id, [unused, expiring]] of Object.entries(counts))
      await change(
        `INSERT INTO template_count (template_id, counted_at, due_at, took_ms, unused, held, used, expired,
           frozen, revoked, expiring, discount_given_minor, by_channel)
         VALUES (?, NOW(3), NOW(3), 1, ${unused}, 0, 7, 0, 0, 0, ${expiring}, 0, '[]')`,
        [id],
      );
    const told = await alerts();
    expect(told.map(({ kind }) => kind)).toEqual(['EXPIRING_SOON', 'MANY_UNUSED']);
    for (const { templates } of told) expect(templates.map(({ id }) => id)).toEqual([many, few]);
    await change('DELETE FROM template_count');
  });

  it('tell of stock that was found wrong in Redis, of records that do not agree, and of late jobs', async () => {
    const { id } = await activeTemplate(service);
    await claim(service, id, 'anna');
    await service.stores.redis.client.hincrby(redisKeys.gate(id), 'stock', -3);
    await change("UPDATE template SET issued = issued + 1, status = 'STOPPED' WHERE id = ?", [id]);
    for (const name of ['reconcile-gates', 'reconcile-records'])
      expect(await run(name), name).toMatchObject({ result: { handled: 1 } });
    await run('expire-holds');
    await change("UPDATE job SET last_success_at = '2020-01-01' WHERE name = 'expire-holds'");
    expect(await alerts()).toMatchObject([
      { kind: 'STOCK_DRIFT', value: 1 },
      { kind: 'RECORD_DRIFT', value: 1 },
      { kind: 'JOB_LATE', job: 'expire-holds' },
    ]);
    await change('DELETE FROM job');
  });

  it('are for operators, and refuse a share that is none', async () => {
    const { errors } = await ask({}, await service.token({ sub: 'anna' }));
    expect(errors[0]!.extensions.code).toBe('FORBIDDEN');
    for (const below of [0, -1, 1.01])
      expect((await ask({ below })).errors[0]!.extensions.code).toBe('BAD_USER_INPUT');
    expect((await ask({ below: null })).errors).toEqual([]);
  });
});
