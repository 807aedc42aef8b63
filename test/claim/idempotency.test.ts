import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../src/kernel/input-error.js';
import { redisKeys } from '../../src/storage/redis-keys.js';
import { activeTemplate, callerOf, claim, openWorld, type World } from '../kit/world.js';

describe('the key of a claim', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  it('asked again answers as the first time', async () => {
    const { id } = await activeTemplate(world);
    const first = await claim(world, id, 'anna', 'again');
    const second = await claim(world, id, 'anna', 'again');
    expect(second).toEqual({ ...first, replayed: true });
  });

  it('asked fifty times at once has one effect and one answer', async () => {
    const { id } = await activeTemplate(world, { perUserLimit: 50 });
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => claim(world, id, 'storm', 'one-key')),
    );
    expect(new Set(answers.map(({ couponId }) => couponId)).size).toBe(1);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  });

  it('is a conflict with another input of the same template', async () => {
    const { id } = await activeTemplate(world, { perUserLimit: 5 });
    await claim(world, id, 'carl', 'reused');
    const request = { templateId: id, idempotencyKey: 'reused', channel: 'app', deviceId: null };
    const result = await world.app.claimCoupon.run(callerOf('carl'), request);
    expect(result).toMatchObject({ ok: false, rejection: { code: 'IDEMPOTENCY_CONFLICT' } });
  });

  it('is a conflict with another template, whose reservation comes back', async () => {
    const one = await activeTemplate(world);
    const other = await activeTemplate(world, { totalCount: 1 });
    await claim(world, one.id, 'dora', 'across');
    expect(await claim(world, other.id, 'dora', 'across')).toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    });
    expect(await world.stores.redis.client.hget(redisKeys.gate(other.id), 'stock')).toBe('1');
    expect(await claim(world, other.id, 'emil')).toMatchObject({ code: 'CLAIMED' });
    expect((await world.verify()).violations).toEqual([]);
  });

  it("does not meet another user's equal key", async () => {
    const { id } = await activeTemplate(world);
    expect(await claim(world, id, 'finn', 'equal')).toMatchObject({ replayed: false });
    expect(await claim(world, id, 'gina', 'equal')).toMatchObject({
      code: 'CLAIMED',
      replayed: false,
    });
  });

  it('still replays when all are gone, when claiming is over and when it was stopped', async () => {
    const { id } = await activeTemplate(world, { totalCount: 1 });
    const first = await claim(world, id, 'hans', 'kept');
    expect(await claim(world, id, 'ines')).toMatchObject({ code: 'SOLD_OUT' });
    expect(await claim(world, id, 'hans', 'kept')).toMatchObject({ couponId: first.couponId });
    world.clock.forward(3 * 86_400_000);
    expect(await claim(world, id, 'hans', 'kept')).toMatchObject({ couponId: first.couponId });
    expect(await claim(world, id, 'ines')).toMatchObject({ code: 'CLAIM_CLOSED' });
    await world.stores.redis.client.flushdb();
    expect(await claim(world, id, 'hans', 'kept')).toMatchObject({ couponId: first.couponId });
  });

  it('of a refusal is a new attempt', async () => {
    const { id } = await activeTemplate(world, { claimFrom: world.clock.nowMs() + 60_000 });
    expect(await claim(world, id, 'jan', 'early')).toMatchObject({ code: 'CLAIM_NOT_OPEN' });
    world.clock.forward(120_000);
    expect(await claim(world, id, 'jan', 'early')).toMatchObject({
      code: 'CLAIMED',
      replayed: false,
    });
  });

  it('must be there', async () => {
    const { id } = await activeTemplate(world);
    await expect(claim(world, id, 'kurt', '')).rejects.toThrow(InputError);
  });
});
