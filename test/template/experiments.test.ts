/** A/B tests: each user has one arm for ever, and claims and sees no other. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPage } from '../../src/graph/paging.js';
import { InputError } from '../../src/kernel/input-error.js';
import { pickArm } from '../../src/template/rules/pick-arm.js';
import { readRules } from '../../src/template/rules/read-rules.js';
import { activeTemplate, claim, openWorld, rulesInput, type World } from '../kit/world.js';

const users = Array.from({ length: 4_000 }, (_, i) => `user-${i}`);
const arm = (templateId: string, weight: number) => ({ templateId, weight });

describe('the arm of a user', () => {
  it('is given by weight', () => {
    const arms = [arm('a', 1), arm('b', 3)];
    const inB = users.filter((user) => pickArm('test', arms, user) === 'b').length;
    // Four standard deviations of a binomial with n = 4,000 and p = 3/4 are 110.
    expect(Math.abs(inB - 3_000)).toBeLessThan(110);
  });

  it('depends on nothing but experiment, arms and user, and never on their order', () => {
    const arms = fc.uniqueArray(fc.record({ templateId: fc.string(), weight: fc.nat(99) }), {
      selector: ({ templateId }) => templateId,
    });
    const property = fc.property(arms, fc.string(), (some, user) => {
      const weighed = some.map((one) => ({ ...one, weight: one.weight + 1 }));
      return pickArm('t', weighed, user) === pickArm('t', weighed.toReversed(), user);
    });
    fc.assert(property);
    expect(
      users.some(
        (u) =>
          pickArm('t', [arm('a', 1), arm('b', 1)], u) !==
          pickArm('u', [arm('a', 1), arm('b', 1)], u),
      ),
    ).toBe(true);
  });

  it('changes only to an arm that is added', () => {
    const before = [arm('a', 1), arm('b', 2)];
    const moved = users.filter(
      (user) => pickArm('test', before, user) !== pickArm('test', [...before, arm('c', 1)], user),
    );
    expect(moved.length).toBeGreaterThan(0);
    expect(moved.every((user) => pickArm('test', [...before, arm('c', 1)], user) === 'c')).toBe(
      true,
    );
  });
});

describe('an experiment', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  it('lets each user claim and see one arm of it, and shows none without a token', async () => {
    const made = { experiment: 'banner', totalCount: 1_000, claimFrom: world.clock.nowMs() - 1 };
    const arms = [
      await activeTemplate(world, { ...made, experimentWeight: 1 }),
      await activeTemplate(world, { ...made, experimentWeight: 2 }),
    ];
    const plain = await activeTemplate(world);
    const weights = arms.map(({ id, rules }) => arm(id, rules.experimentWeight!));
    const seen = async (userId: string | null) =>
      (await world.app.listTemplates.claimable(readPage(100, null), userId)).nodes.map(
        ({ id }) => id,
      );
    // Arms are read from memory for less than half a second.
    await expect.poll(async () => (await seen(null)).length, { timeout: 5_000 }).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 500));
    for (const user of users.slice(0, 20)) {
      const own = pickArm('banner', weights, user);
      for (const { id } of arms) {
        const { code } = await claim(world, id, user);
        expect(code, user).toBe(id === own ? 'CLAIMED' : 'NOT_TARGETED');
      }
      expect(new Set(await seen(user))).toEqual(new Set([own, plain.id]));
    }
    expect(await seen(null)).toEqual([plain.id]);
  });

  it('is what a weight belongs to', () => {
    const read = () => readRules(rulesInput(Date.now(), { experimentWeight: 5 }));
    expect(read).toThrow(InputError);
    expect(read).toThrow('input.experimentWeight');
  });
});
