/** Reading templates through memory, Redis and MySQL, as two processes on the same stores do it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/kernel/ids.js';
import type { Database } from '../../src/storage/database.js';
import { connectRedis } from '../../src/storage/redis.js';
import { redisKeys } from '../../src/storage/redis-keys.js';
import { insertTemplate } from '../../src/template/template.store.js';
import { TemplateCatalog } from '../../src/template/template-catalog.js';
import { rulesOf, seedTemplate } from '../kit/seed.js';
import { openStores, type Stores } from '../kit/stores.js';
import { activeTemplate, openWorld, operator, rulesInput, type World } from '../kit/world.js';

describe('the catalog of templates', () => {
  let stores: Stores;
  let world: World;
  beforeAll(async () => {
    stores = await openStores();
    world = await openWorld(stores);
  });
  afterAll(() => stores.close());

  const process = (redis = stores.redis) => new TemplateCatalog(stores.database, redis);
  const statementsOf = async (work: () => Promise<unknown>): Promise<string[]> => {
    const statements: string[] = [];
    const stop = stores.database.observe((sql) => statements.push(sql));
    await work();
    stop();
    return statements;
  };
  const prioritySeenBy = async (catalog: TemplateCatalog, id: string) =>
    (await catalog.byId(id))?.rules.priority;

  it('shows a change in every process within a second', async () => {
    const { id, version } = await activeTemplate(world);
    const others = [process(), process()];
    for (let round = 1; round <= 3; round += 1) {
      const read = () => Promise.all(others.map((other) => prioritySeenBy(other, id)));
      await read();
      const input = { ...rulesInput(world.clock.nowMs()), priority: round };
      const { rules } = (await world.app.catalog.fresh(id))!;
      const edited = await world.app.saveTemplate.update(operator, id, version + round - 1, {
        ...input,
        claimFrom: rules.claimFromMs,
        claimUntil: rules.claimUntilMs,
      });
      expect(edited).toMatchObject({ ok: true });
      expect(await prioritySeenBy(world.app.catalog, id)).toBe(round);
      const untilMs = performance.now() + 1_000;
      while ((await read()).some((seen) => seen !== round) && performance.now() < untilMs)
        await sleep(10);
      expect(performance.now()).toBeLessThan(untilMs);
    }
  });

  it('shows a new template within a second to who looked before it was there', async () => {
    const other = process();
    const id = newId(Date.now());
    expect(await other.byId(id)).toBeUndefined();
    const template = await seedTemplate(stores.database);
    await stores.database.transaction((sql) => insertTemplate(sql, { ...template, id }));
    await sleep(950);
    expect(await other.byId(id)).toMatchObject({ id });
  });

  it('asks MySQL once for 500 who want the same cold template', async () => {
    const { id } = await seedTemplate(stores.database);
    const cold = process();
    const found: unknown[] = [];
    const statements = await statementsOf(async () => {
      found.push(...(await Promise.all(Array.from({ length: 500 }, () => cold.byId(id)))));
    });
    expect(statements).toHaveLength(1);
    expect(found).toHaveLength(500);
    for (const template of found) expect(template).toMatchObject({ id });
  });

  it('asks MySQL once for those who come while the answer is on its way', async () => {
    const { id } = await seedTemplate(stores.database);
    const cold = process();
    const statements = await statementsOf(async () => {
      const reads: Promise<unknown>[] = [];
      for (let i = 0; i < 50; i += 1) {
        reads.push(cold.byId(id));
        await new Promise(setImmediate);
      }
      await Promise.all(reads);
    });
    expect(statements).toHaveLength(1);
  });

  it('reads fifty different templates with one statement, and their versions with another', async () => {
    const made = await Promise.all(
      Array.from({ length: 50 }, (_, i) => seedTemplate(stores.database, { priority: i })),
    );
    const cold = process();
    let seen: unknown[] = [];
    const statements = await statementsOf(async () => {
      seen = await Promise.all(made.map(({ id }) => prioritySeenBy(cold, id)));
    });
    expect(seen).toEqual(made.map(({ rules }) => rules.priority));
    expect(statements).toHaveLength(1);
    const versions = await statementsOf(() =>
      Promise.all([...made, ...made].map(({ id }) => cold.rulesOf(id, 1))),
    );
    expect(versions).toHaveLength(1);
    expect(
      await statementsOf(() => Promise.all(made.map(({ id }) => cold.rulesOf(id, 1)))),
    ).toEqual([]);
  });

  it('takes from Redis what another process has read just now', async () => {
    const { id } = await seedTemplate(stores.database);
    await process().byId(id);
    const other = process();
    expect(await statementsOf(() => other.byId(id))).toEqual([]);
    expect(await stores.redis.client.pttl(redisKeys.templateRow(id))).toBeLessThanOrEqual(500);
  });

  it('does not take what a version before has left there, which lacks fields', async () => {
    const { id } = await seedTemplate(stores.database);
    const older = JSON.stringify({ id, rules: {} });
    await stores.redis.client.set(`{tpl:${id}}:row`, older, 'PX', 500);
    expect(await process().byId(id)).toMatchObject({ committedSeq: 0, rules: { priority: 0 } });
  });

  it('answers everybody who reads while the template is changed', async () => {
    const { id } = await seedTemplate(stores.database);
    const catalog = process();
    for (let round = 0; round < 20; round += 1) {
      const reads = Array.from({ length: 20 }, () => catalog.byId(id));
      await catalog.forget(id);
      for (const template of await Promise.all(reads)) expect(template).toMatchObject({ id });
    }
  });

  it('does not remember what was read before the change it was told of', async () => {
    const { id } = await seedTemplate(stores.database, { priority: 1 });
    const nowhere = connectRedis('redis://127.0.0.1:1/0');
    const late = Promise.withResolvers<void>();
    const read = Promise.withResolvers<void>();
    const slow = Object.create(stores.database) as Database;
    slow.rows = async (...asked) => {
      const rows = await stores.database.rows(...asked);
      read.resolve();
      await late.promise;
      return rows;
    };
    const catalog = new TemplateCatalog(slow, nowhere);
    const early = prioritySeenBy(catalog, id);
    await read.promise;
    await stores.database.transaction((sql) =>
      sql.change('UPDATE template_version SET rules = ? WHERE template_id = ?', [
        JSON.stringify(rulesOf({ priority: 2 })),
        id,
      ]),
    );
    await catalog.forget(id);
    late.resolve();
    expect(await early).toBe(1);
    expect(await prioritySeenBy(catalog, id)).toBe(2);
    nowhere.close();
  });

  it('has the fresh template from MySQL, whatever Redis and memory say', async () => {
    const { id } = await seedTemplate(stores.database, { priority: 1 });
    const catalog = process();
    const stale = await catalog.byId(id);
    await stores.database.transaction((sql) =>
      sql.change('UPDATE template SET epoch = 7 WHERE id = ?', [id]),
    );
    const lying = stores.redis.client.set(
      redisKeys.templateRow(id),
      JSON.stringify(stale),
      'PX',
      500,
    );
    const [fresh] = await Promise.all([catalog.fresh(id), lying]);
    expect(fresh).toMatchObject({ epoch: 7 });
    expect(await catalog.byId(id)).toMatchObject({ epoch: 7 });
  });

  it('works while Redis is gone', async () => {
    const { id } = await seedTemplate(stores.database);
    const nowhere = connectRedis('redis://127.0.0.1:1/0');
    const alone = process(nowhere);
    expect(await alone.byId(id)).toMatchObject({ id });
    const reads = await statementsOf(() =>
      Promise.all(Array.from({ length: 100 }, () => alone.byId(id))),
    );
    expect(reads).toEqual([]);
    await alone.forget(id);
    expect(await alone.fresh(id)).toMatchObject({ id });
    expect(await alone.byId(newId(1))).toBeUndefined();
    nowhere.close();
  });
});
