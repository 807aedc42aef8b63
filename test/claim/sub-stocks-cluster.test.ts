/** A split template on a real cluster: its parts are on several masters, and one of them fails. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lookAtGates } from '../../src/claim/look-at-gate.js';
import { gateTagOf, gateTagsOf } from '../../src/claim/rules/gate-tag.js';
import { redisKeys } from '../../src/storage/redis-keys.js';
import type { Template } from '../../src/template/template.types.js';
import { reconcileGates } from '../../src/upkeep/reconcile-gates.js';
import { warmTemplates } from '../../src/upkeep/warm-templates.js';
import { startRedisCluster, type TestCluster } from '../kit/redis-cluster.js';
import { openStores, type Stores } from '../kit/stores.js';
import { activeTemplate, claim, openWorld, type World } from '../kit/world.js';

describe('a split template on a cluster', { timeout: 60_000 }, () => {
  let cluster: TestCluster;
  let stores: Stores;
  let world: World;
  beforeAll(async () => {
    cluster = await startRedisCluster();
    stores = await openStores(cluster.url);
    world = await openWorld(stores);
  });
  afterAll(async () => {
    await world?.close();
    await stores?.close();
    await cluster?.stop();
  });

  const homesOf = (template: Template) =>
    gateTagsOf(template).map((tag) => cluster.homeOf(redisKeys.gate(tag)));
  /** A template with parts on all three masters. */
  const splitEverywhere = async (totalCount: number): Promise<Template> => {
    for (;;) {
      const template = await activeTemplate(world, { totalCount, subStocks: 6 });
      if (new Set(homesOf(template)).size === 3) return template;
    }
  };
  const claimMany = (id: string, users: readonly string[]) =>
    Promise.all(users.map((user) => claim(world, id, user)));
  const names = (count: number, prefix: string) =>
    Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
  const count = (answers: readonly { code: string }[], code: string) =>
    answers.filter((answer) => answer.code === code).length;
  const expectVerified = async () => expect((await world.verify()).violations).toEqual([]);

  it('issues exactly its total from all masters', async () => {
    const template = await splitEverywhere(150);
    const answers = await claimMany(template.id, names(400, 'crowd'));
    expect(count(answers, 'CLAIMED')).toBe(150);
    expect(count(answers, 'SOLD_OUT')).toBe(250);
    await expectVerified();
  });

  it('lends from master to master', async () => {
    const template = await splitEverywhere(30);
    const [own] = gateTagsOf(template);
    const users = names(400, 'one-part').filter((user) => gateTagOf(template, user) === own);
    expect(count(await claimMany(template.id, users.slice(0, 35)), 'CLAIMED')).toBe(30);
    await expectVerified();
  });

  it('is claimed over MySQL while a master is gone, and issues its total when it is back', async () => {
    const template = await splitEverywhere(60);
    await claimMany(template.id, names(10, 'before'));
    await cluster.masters[2]!.kill();
    const during = await claimMany(template.id, names(20, 'during'));
    expect(count(during, 'CLAIMED')).toBe(20);
    await cluster.masters[2]!.run();
    const warm = () =>
      warmTemplates(stores.database, stores.redis, world.app.rebuild, world.clock).catch(() => -1);
    await expect
      .poll(
        async () => {
          if ((await warm()) < 0) return false;
          const gates = await lookAtGates(stores.redis, gateTagsOf(template)).catch(() => []);
          return gates.length === 6 && gates.every((gate) => gate?.isOfThisLife);
        },
        { timeout: 30_000 },
      )
      .toBe(true);
    const after = await claimMany(template.id, names(60, 'after'));
    expect(count(after, 'CLAIMED')).toBe(30);
    expect(await reconcileGates(stores.database, stores.redis, world.app.rebuild)).toEqual([]);
    await expectVerified();
  });
});
