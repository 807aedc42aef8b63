/** What may change once coupons can exist, field by field of the input. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RulesInput } from '../../src/template/rules/rules-input.js';
import { activeTemplate, openWorld, operator, rulesInput, type World } from '../kit/world.js';

const yuan = (amount: string) => ({ amount, currency: 'CNY' });
const DAY_MS = 86_400_000;
const NOW_MS = Date.now();

/** A template that uses as many fields as one type can. */
const BASE: RulesInput = {
  ...rulesInput(NOW_MS),
  tiers: [{ threshold: yuan('100'), amount: yuan('20') }],
  repeatable: true,
  maxDiscount: yuan('60'),
  scope: { includeProducts: ['p1'] },
  userLevels: ['gold'],
  exclusionGroup: 'g',
  experiment: 'e',
  experimentWeight: 5,
  audience: ['anna'],
};

type Change = readonly [field: string, overrides: Partial<RulesInput>];
const MAY: readonly Change[] = [
  ['names', { names: [{ language: 'de', name: 'Zwanzig' }] }],
  ['priority', { priority: -3 }],
  ['claimUntil', { claimUntil: NOW_MS + 9 * DAY_MS }],
  ['totalCount', { totalCount: 101 }],
  ['totalCount without end', { totalCount: null }],
];
const MAY_NOT: readonly Change[] = [
  ['type', { type: 'EXCHANGE', tiers: null, repeatable: false, maxDiscount: null }],
  ['tiers', { tiers: [{ threshold: yuan('100'), amount: yuan('21') }] }],
  ['repeatable', { repeatable: false, maxDiscount: null }],
  ['maxDiscount', { maxDiscount: yuan('61') }],
  ['thresholdBasis', { thresholdBasis: 'ORIGINAL' }],
  ['scope', { scope: { includeProducts: ['p1', 'p2'] } }],
  ['scope', { scope: { includeProducts: ['p1'], excludeProducts: ['p3'] } }],
  ['scope', { scope: { includeProducts: ['p1'], includeCategories: ['c'] } }],
  ['scope', { scope: { includeProducts: ['p1'], excludeCategories: ['c'] } }],
  ['stackStrategy', { stackStrategy: 'ALL' }],
  ['exclusionGroup', { exclusionGroup: null }],
  ['claimMethod', { claimMethod: 'GRANT_ONLY' }],
  ['claimMethod', { claimMethod: 'SHARE', share: { acceptLimit: 3 } }],
  ['perUserLimit', { perUserLimit: 2 }],
  ['subStocks', { subStocks: 2 }],
  ['userLevels', { userLevels: [] }],
  ['claimFrom', { claimFrom: BASE.claimFrom + 1 }],
  ['validity', { validity: { days: 8, timeZone: 'Asia/Shanghai' } }],
  ['validity', { validity: { days: 7, timeZone: 'UTC' } }],
  ['experiment', { experiment: 'f' }],
  ['experimentWeight', { experimentWeight: 6 }],
  ['audience', { audience: ['anna', 'bert'] }],
  ['verification', { verification: 'ALWAYS' }],
  ['riskPolicy', { riskPolicy: 'FAIL_CLOSED' }],
  ['limits', { limits: { perNetworkPerHour: 100 } }],
  ['totalCount', { totalCount: 99 }],
];
const ELSEWHERE = ['currency', 'amount', 'rate', 'redPacket', 'threshold', 'grantOn', 'share'];

describe('an ACTIVE template', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  const edit = async (before: RulesInput, overrides: Partial<RulesInput>) => {
    const { id, version } = await activeTemplate(world, before);
    return world.app.saveTemplate.update(operator, id, version, { ...before, ...overrides });
  };
  const refusedFor = (field: string) => ({
    ok: false,
    rejection: {
      code: 'ILLEGAL_TRANSITION',
      detail: { field },
    },
  });

  it.each(MAY)('may change its %s', async (_field, overrides) => {
    expect(await edit(BASE, overrides)).toMatchObject({ ok: true, value: { status: 'ACTIVE' } });
  });

  it.each(MAY_NOT)('may not change its %s (%j)', async (field, overrides) => {
    expect(await edit(BASE, overrides)).toMatchObject(refusedFor(field));
  });

  it.each<[string, Partial<RulesInput>, Partial<RulesInput>]>([
    ['currency', { type: 'EXCHANGE' }, { currency: 'USD' }],
    ['amount', { type: 'DIRECT_CUT', amount: yuan('5') }, { amount: yuan('6') }],
    ['rate', { type: 'DISCOUNT', rate: '0.80' }, { rate: '0.75' }],
    ['threshold', { type: 'EXCHANGE', threshold: yuan('5') }, { threshold: yuan('6') }],
    ['grantOn', { type: 'EXCHANGE', claimMethod: 'GRANT_ONLY' }, { grantOn: 'BIRTHDAY' }],
    [
      'share',
      { type: 'EXCHANGE', claimMethod: 'SHARE', share: { acceptLimit: 3 } },
      { share: { acceptLimit: 4 } },
    ],
    [
      'redPacket',
      { type: 'RED_PACKET', redPacket: { min: yuan('1'), max: yuan('9'), budget: yuan('300') } },
      { redPacket: { min: yuan('1'), max: yuan('9'), budget: yuan('301') } },
    ],
  ])('may not change its %s', async (field, before, overrides) => {
    const plain = { ...rulesInput(NOW_MS), tiers: null };
    expect(await edit({ ...plain, ...before }, overrides)).toMatchObject(refusedFor(field));
  });

  it('of red packets has a fixed total', async () => {
    const before: RulesInput = {
      ...rulesInput(NOW_MS),
      type: 'RED_PACKET',
      tiers: null,
      redPacket: { min: yuan('1'), max: yuan('9'), budget: yuan('300') },
    };
    expect(await edit(before, { totalCount: 101 })).toMatchObject(refusedFor('totalCount'));
    expect(await edit(before, { priority: 1 })).toMatchObject({ ok: true });
  });

  it('without a total takes none', async () => {
    const endless = { ...rulesInput(NOW_MS), totalCount: null };
    expect(await edit(endless, { totalCount: 1_000_000 })).toMatchObject(refusedFor('totalCount'));
  });

  it('has no field that these tables leave out', async () => {
    const { rules } = await activeTemplate(world, BASE);
    const fields = Object.keys(rules).map((field) => field.replace(/(Ms|Minor|Bps)$/, ''));
    const said = [...MAY, ...MAY_NOT].map(([field]) => field).concat(ELSEWHERE);
    expect(fields.filter((field) => !said.includes(field))).toEqual([]);
  });

  it('that is stopped or over cannot be edited at all', async () => {
    const stopped = await activeTemplate(world, BASE);
    const step = { id: stopped.id, expectedVersion: null, reason: null };
    await world.app.moveTemplate.run(operator, 'STOP', step);
    const { saveTemplate } = world.app;
    const illegal = { rejection: { code: 'ILLEGAL_TRANSITION' } };
    expect(await saveTemplate.update(operator, stopped.id, 1, BASE)).toMatchObject(illegal);
    const over = await activeTemplate(world, { ...BASE, claimUntil: world.clock.nowMs() + 1 });
    world.clock.forward(1_000);
    expect(await saveTemplate.update(operator, over.id, 1, BASE)).toMatchObject(illegal);
    expect(
      await world.app.moveTemplate.run(operator, 'STOP', { ...step, id: over.id }),
    ).toMatchObject(illegal);
  });
});
