/** What verify says of grants whose rows were damaged; each check has a damage that it is there for. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grantChecks } from '../../src/upkeep/checks/grant-checks.js';
import { openStores, type Stores } from '../kit/stores.js';
import { activeTemplate, openWorld, type World } from '../kit/world.js';
import { runGrants, startGrant } from './kit.js';

const DAMAGES: readonly (readonly [name: string, statement: string])[] = [
  ['a grant counts the coupons that it gave', 'UPDATE grant_job SET granted = 1 WHERE id = ?'],
  ['a grant counts the users of its list', 'DELETE FROM grant_member WHERE grant_id = ? LIMIT 1'],
  [
    'a grant counts the users of its list',
    "UPDATE grant_member SET state = 'PENDING' WHERE grant_id = ? LIMIT 1",
  ],
  ['a grant counts the users of its list', 'UPDATE grant_job SET refused = 1 WHERE id = ?'],
  ['the audit of every grant_job is whole', 'UPDATE grant_job SET version = 2 WHERE id = ?'],
  [
    'every step of a grant_job is legal',
    "UPDATE audit SET from_status = 'QUEUED' WHERE subject_id = ? AND seq = 3",
  ],
  ['no audit entry is without its grant', 'DELETE FROM grant_job WHERE id = ?'],
];

describe('the checks of grants', () => {
  let stores: Stores;
  let world: World;
  beforeAll(async () => {
    stores = await openStores();
    world = await openWorld(stores);
  });
  afterAll(() => stores.close());

  it.each(DAMAGES)('say that it is not true that %s after %s', async (name, statement) => {
    const { id: templateId } = await activeTemplate(world);
    const { id } = await startGrant(world, templateId, ['anna', 'ben']);
    await runGrants(world);
    const check = grantChecks.find((one) => one.name === name)!;
    const nowMs = world.clock.nowMs();
    expect(await check.run(stores.database, nowMs)).toEqual([]);
    await stores.database.transaction((sql) => sql.change(statement, [id]));
    expect((await check.run(stores.database, nowMs)).join()).toContain(id);
    await stores.database.transaction(async (sql) => {
      for (const table of ['grant_job', 'grant_member', 'audit'])
        await sql.change(`DELETE FROM ${table}`);
    });
  });

  it('each have a damage that they are there for', () => {
    const proved = new Set(DAMAGES.map(([name]) => name));
    expect(grantChecks.map(({ name }) => name).filter((name) => !proved.has(name))).toEqual([]);
  });
});
