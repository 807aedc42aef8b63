/** Writing, reviewing and editing templates: four eyes, versions, and two people at once. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NotAllowed, NotAuthenticated } from '../../src/kernel/caller.js';
import { InputError } from '../../src/kernel/input-error.js';
import { newId } from '../../src/kernel/ids.js';
import { readHistory } from '../../src/event/read-history.js';
import type { TemplateAction } from '../../src/template/move-template.js';
import type { RulesInput } from '../../src/template/rules/rules-input.js';
import type { Template } from '../../src/template/template.types.js';
import { connectDatabase } from '../../src/storage/connect-database.js';
import { startMysqlProxy } from '../kit/mysql-proxy.js';
import {
  activeTemplate,
  callerOf,
  claim,
  openWorld,
  operator,
  reviewer,
  rulesInput,
  type World,
} from '../kit/world.js';

describe('a template', () => {
  let world: World;
  let base: RulesInput;
  beforeAll(async () => {
    world = await openWorld();
    base = rulesInput(world.clock.nowMs());
  });
  afterAll(() => world.close());

  const create = async (overrides: Partial<RulesInput> = {}): Promise<Template> => {
    const made = await world.app.saveTemplate.create(operator, { ...base, ...overrides });
    if (!made.ok) throw new Error(made.rejection.code);
    return made.value;
  };
  const move = (
    who: typeof operator,
    action: TemplateAction,
    id: string,
    expectedVersion: number | null = null,
    reason: string | null = null,
  ) => world.app.moveTemplate.run(who, action, { id, expectedVersion, reason });
  const edit = (id: string, version: number, overrides: Partial<RulesInput> = {}, who = operator) =>
    world.app.saveTemplate.update(who, id, version, { ...base, ...overrides });
  const refused = (code: string) => ({ ok: false, rejection: { code } });

  it('cannot be approved by anybody who wrote or edited it, also with every scope', async () => {
    const author = callerOf('anna', ['coupons:admin', 'coupons:approve']);
    const made = await world.app.saveTemplate.create(author, base);
    const { id } = (made as { value: Template }).value;
    await move(author, 'SUBMIT', id);
    expect(await move(author, 'APPROVE', id, 1)).toMatchObject({
      rejection: { code: 'ILLEGAL_TRANSITION', detail: { fact: 'NEEDS_ANOTHER_PERSON' } },
    });
    const other = callerOf('bert', ['coupons:admin', 'coupons:approve']);
    await edit(id, 1, {}, other);
    await move(other, 'SUBMIT', id);
    expect(await move(other, 'APPROVE', id, 2)).toMatchObject(refused('ILLEGAL_TRANSITION'));
    expect(await move(author, 'APPROVE', id, 2)).toMatchObject({
      rejection: { code: 'ILLEGAL_TRANSITION', detail: { fact: 'NEEDS_ANOTHER_PERSON' } },
    });
    const third = callerOf('carla', ['coupons:admin', 'coupons:approve']);
    expect(await move(third, 'APPROVE', id, 2)).toMatchObject({ value: { status: 'APPROVED' } });
  });

  it('is moved only by whom the contract names', async () => {
    const { id } = await create();
    const nobody = callerOf(null);
    const customer = callerOf('carl');
    const redeemer = callerOf('shop', ['coupons:redeem', 'coupons:events']);
    for (const action of ['SUBMIT', 'APPROVE', 'REJECT', 'ACTIVATE', 'STOP'] as const) {
      await expect(move(nobody, action, id, 1)).rejects.toThrow(NotAuthenticated);
      await expect(move(customer, action, id, 1)).rejects.toThrow(NotAllowed);
      await expect(move(redeemer, action, id, 1)).rejects.toThrow(NotAllowed);
    }
    await expect(move(operator, 'APPROVE', id, 1)).rejects.toThrow(NotAllowed);
    for (const action of ['SUBMIT', 'ACTIVATE', 'STOP'] as const)
      await expect(move(reviewer, action, id, 1)).rejects.toThrow(NotAllowed);
    await expect(edit(id, 1, {}, customer)).rejects.toThrow(NotAllowed);
    await expect(world.app.saveTemplate.create(reviewer, base)).rejects.toThrow(NotAllowed);
  });

  it('is approved only by its version, which must be the present one', async () => {
    const { id } = await create();
    await edit(id, 1);
    await move(operator, 'SUBMIT', id);
    await expect(move(reviewer, 'APPROVE', id)).rejects.toThrow(
      new InputError('input.expectedVersion', 'is required to approve'),
    );
    expect(await move(reviewer, 'APPROVE', id, 1)).toMatchObject({
      rejection: { code: 'VERSION_CONFLICT', detail: { fact: 'VERSION_IS_NOW', version: 2 } },
    });
    expect(await move(reviewer, 'APPROVE', id, 2)).toMatchObject({ ok: true });
  });

  it.each(['IN_REVIEW', 'APPROVED'] as const)('goes back to DRAFT when edited %s', async (from) => {
    const { id } = await create();
    await move(operator, 'SUBMIT', id);
    if (from === 'APPROVED') await move(reviewer, 'APPROVE', id, 1);
    expect(await edit(id, 1)).toMatchObject({ value: { status: 'DRAFT', version: 2 } });
    expect(await move(operator, 'ACTIVATE', id)).toMatchObject(refused('ILLEGAL_TRANSITION'));
  });

  it('edited by twenty at once with the same version takes one of them', async () => {
    const { id } = await create();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => edit(id, 1, { priority: i + 1 })),
    );
    const won = answers.flatMap((answer) => (answer.ok ? [answer.value] : []));
    const lost = answers.flatMap((answer) => (answer.ok ? [] : [answer.rejection.code]));
    expect([won.length, lost]).toEqual([1, Array(19).fill('VERSION_CONFLICT')]);
    expect(await world.app.catalog.fresh(id)).toMatchObject({
      version: 2,
      rules: { priority: won[0]!.rules.priority },
    });
    expect(await readHistory(world.stores.database, id)).toHaveLength(2);
  });

  it('approved and edited at once is either approved as it was read, or a draft again', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id } = await create();
      await move(operator, 'SUBMIT', id);
      await Promise.all([move(reviewer, 'APPROVE', id, 1), edit(id, 1, { priority: 9 })]);
      const after = await world.app.catalog.fresh(id);
      const { status, version } = after!;
      expect(['APPROVED 1', 'DRAFT 2']).toContain(`${status} ${version}`);
      expect(after!.rules.priority).toBe(status === 'APPROVED' ? 0 : 9);
    }
  });

  it('keeps every version, and each coupon its own', async () => {
    const { id, version } = await activeTemplate(world, { ...base, totalCount: 1 });
    expect(await claim(world, id, 'first')).toMatchObject({ code: 'CLAIMED' });
    expect(await claim(world, id, 'late')).toMatchObject({ code: 'SOLD_OUT' });
    const grown = await edit(id, version, { totalCount: 2, priority: 5 });
    expect(grown).toMatchObject({ value: { status: 'ACTIVE', version: version + 1 } });
    expect(await claim(world, id, 'second')).toMatchObject({ code: 'CLAIMED' });
    expect(await claim(world, id, 'third')).toMatchObject({ code: 'SOLD_OUT' });
    const history = await readHistory(world.stores.database, id);
    expect(history.at(-1)).toMatchObject({
      actor: 'olga',
      action: 'EDITED',
      details: { version: version + 1, totalCount: { from: 1, to: 2 } },
    });
    const { catalog } = world.app;
    expect((await catalog.rulesOf(id, version)).priority).toBe(0);
    expect((await catalog.rulesOf(id, version + 1)).priority).toBe(5);
    await expect(catalog.rulesOf(id, version + 2)).rejects.toThrow('has no version 3');
    const issued = await world.stores.database.rows(
      'SELECT user_id, template_version AS v FROM coupon WHERE template_id = ? ORDER BY id',
      [id],
    );
    expect(issued.map((row) => row['v'])).toEqual([version, version + 1]);
    expect(await world.verify()).toMatchObject({ violations: [] });
  });

  it('keeps who did what, from where to where, and why', async () => {
    const { id } = await create();
    await move(operator, 'SUBMIT', id);
    await move(reviewer, 'REJECT', id, null, 'too generous');
    await edit(id, 1, { priority: 1 });
    await move(operator, 'SUBMIT', id);
    await move(reviewer, 'APPROVE', id, 2);
    await move(operator, 'ACTIVATE', id);
    await move(operator, 'STOP', id, null, 'sold enough');
    const history = await readHistory(world.stores.database, id);
    expect(history.map(({ actor, action, from, to }) => [actor, action, from, to])).toEqual([
      ['olga', 'CREATED', null, 'DRAFT'],
      ['olga', 'SUBMITTED', 'DRAFT', 'IN_REVIEW'],
      ['rolf', 'REJECTED', 'IN_REVIEW', 'DRAFT'],
      ['olga', 'EDITED', 'DRAFT', 'DRAFT'],
      ['olga', 'SUBMITTED', 'DRAFT', 'IN_REVIEW'],
      ['rolf', 'APPROVED', 'IN_REVIEW', 'APPROVED'],
      ['olga', 'ACTIVATED', 'APPROVED', 'ACTIVE'],
      ['olga', 'STOPPED', 'ACTIVE', 'STOPPED'],
    ]);
    expect(history.map(({ details }) => details?.['reason'] ?? null)).toEqual([
      null,
      null,
      'too generous',
      null,
      null,
      null,
      null,
      'sold enough',
    ]);
    expect(history[5]!.details).toMatchObject({ version: 2 });
    const events = await world.stores.database.rows(
      'SELECT type FROM outbox WHERE subject_id = ? ORDER BY id',
      [id],
    );
    expect(events.map((row) => row['type'])).toEqual(
      history.map(({ action }) => `template.${action.toLowerCase()}`),
    );
  });

  it('that does not exist is TEMPLATE_NOT_FOUND, whatever the id looks like', async () => {
    for (const id of [newId(1), '', '🎟️', "' OR 1=1 --", 'x'.repeat(5_000)]) {
      expect(await edit(id, 1)).toMatchObject(refused('TEMPLATE_NOT_FOUND'));
      expect(await move(operator, 'STOP', id)).toMatchObject(refused('TEMPLATE_NOT_FOUND'));
    }
  });

  it('takes a reason of at most 500 characters', async () => {
    const { id } = await create();
    await expect(move(operator, 'SUBMIT', id, null, 'x'.repeat(501))).rejects.toThrow(InputError);
    expect(await move(operator, 'SUBMIT', id, null, 'x'.repeat(500))).toMatchObject({ ok: true });
  });

  it('written while the database is away is a refusal as data, not an error', async () => {
    const { id } = await create();
    const proxy = await startMysqlProxy(world.stores.mysqlUrl);
    const database = await connectDatabase(proxy.url);
    const away = await openWorld({ ...world.stores, database });
    proxy.loseCommitAnswers(1);
    expect(await away.app.saveTemplate.create(operator, base)).toMatchObject(
      refused('OUTCOME_UNKNOWN'),
    );
    proxy.setDown(true);
    const unavailable = { ok: false, rejection: { code: 'UNAVAILABLE', retryable: true } };
    expect(await away.app.saveTemplate.create(operator, base)).toMatchObject(unavailable);
    expect(await away.app.saveTemplate.update(operator, id, 1, base)).toMatchObject(unavailable);
    const step = { id, expectedVersion: null, reason: null };
    expect(await away.app.moveTemplate.run(operator, 'SUBMIT', step)).toMatchObject(unavailable);
    await database.close();
    await proxy.close();
  });
});
