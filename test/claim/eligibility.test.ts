import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NotAuthenticated } from '../../src/kernel/caller.js';
import { newId } from '../../src/kernel/ids.js';
import {
  activeTemplate,
  callerOf,
  claim,
  openWorld,
  operator,
  rulesInput,
  type World,
} from '../kit/world.js';

describe('a claim', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  const claimAs = (templateId: string, caller: ReturnType<typeof callerOf>) =>
    world.app.claimCoupon.run(caller, {
      templateId,
      idempotencyKey: newId(Date.now()),
      channel: null,
      deviceId: null,
    });
  const refused = (code: string) => ({ ok: false, rejection: { code } });

  it('needs a signed-in caller', async () => {
    const { id } = await activeTemplate(world);
    await expect(claimAs(id, callerOf(null))).rejects.toThrow(NotAuthenticated);
  });

  it('of a template that does not exist is TEMPLATE_NOT_FOUND', async () => {
    expect(await claim(world, newId(1), 'anna')).toMatchObject({ code: 'TEMPLATE_NOT_FOUND' });
    expect(await claim(world, "' OR 1=1 --", 'anna')).toMatchObject({ code: 'TEMPLATE_NOT_FOUND' });
  });

  it('of a draft is TEMPLATE_NOT_ACTIVE', async () => {
    const made = await world.app.saveTemplate.create(operator, rulesInput(world.clock.nowMs()));
    const id = made.ok ? made.value.id : '';
    expect(await claim(world, id, 'anna')).toMatchObject({ code: 'TEMPLATE_NOT_ACTIVE' });
  });

  it('before claimFrom is CLAIM_NOT_OPEN and says when it opens', async () => {
    const claimFrom = world.clock.nowMs() + 3_600_000;
    const { id } = await activeTemplate(world, { claimFrom });
    expect(await claimAs(id, callerOf('anna'))).toMatchObject({
      ok: false,
      rejection: { code: 'CLAIM_NOT_OPEN', retryable: true, retryAfterMs: claimFrom },
    });
  });

  it('after stopping is CLAIM_CLOSED', async () => {
    const { id } = await activeTemplate(world);
    await world.app.moveTemplate.run(operator, 'STOP', { id, expectedVersion: null, reason: null });
    expect(await claim(world, id, 'anna')).toMatchObject({ code: 'CLAIM_CLOSED' });
  });

  it('needs one of the levels of the template', async () => {
    const { id } = await activeTemplate(world, { userLevels: ['gold'], perUserLimit: 5 });
    expect(await claimAs(id, callerOf('bert'))).toMatchObject(refused('USER_LEVEL_NOT_ELIGIBLE'));
    expect(await claimAs(id, callerOf('bert', [], 'silver'))).toMatchObject(
      refused('USER_LEVEL_NOT_ELIGIBLE'),
    );
    expect(await claimAs(id, callerOf('bert', [], 'gold'))).toMatchObject({ ok: true });
  });

  it('is for the audience only, where there is one, and never for what is given out otherwise', async () => {
    const exclusive = await activeTemplate(world, { audience: ['vera'] });
    expect(await claim(world, exclusive.id, 'bert')).toMatchObject({ code: 'NOT_TARGETED' });
    expect(await claim(world, exclusive.id, 'vera')).toMatchObject({ code: 'CLAIMED' });
    const granted = await activeTemplate(world, { claimMethod: 'GRANT_ONLY' });
    expect(await claim(world, granted.id, 'vera')).toMatchObject({ code: 'NOT_TARGETED' });
  });

  it('beyond the per-user limit is USER_LIMIT_REACHED', async () => {
    const { id } = await activeTemplate(world, { perUserLimit: 2 });
    const codes = [];
    for (let i = 0; i < 3; i += 1) codes.push((await claim(world, id, 'carl')).code);
    expect(codes).toEqual(['CLAIMED', 'CLAIMED', 'USER_LIMIT_REACHED']);
  });

  it('issues under the version of the template that was read', async () => {
    const { id, version } = await activeTemplate(world);
    const input = { ...rulesInput(world.clock.nowMs()), priority: 7 };
    const before = await world.app.catalog.rulesOf(id, version);
    const edited = await world.app.saveTemplate.update(operator, id, version, {
      ...input,
      claimFrom: before.claimFromMs,
      claimUntil: before.claimUntilMs,
    });
    expect(edited).toMatchObject({ ok: true, value: { version: version + 1 } });
    await claim(world, id, 'dora');
    const [row] = await world.stores.database.rows(
      'SELECT template_version AS v FROM coupon WHERE template_id = ?',
      [id],
    );
    expect(row!['v']).toBe(version + 1);
  });
});
