/** What operators may write wrong, and the field each mistake is told by. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/kernel/input-error.js';
import { readRules } from '../../../src/template/rules/read-rules.js';
import type { RulesInput } from '../../../src/template/rules/rules-input.js';
import { rulesInput } from '../../kit/world.js';

const NOW_MS = Date.UTC(2026, 10, 21);
const yuan = (amount: string) => ({ amount, currency: 'CNY' });
const usd = (amount: string) => ({ amount, currency: 'USD' });
const tier = (threshold: string, amount: string) => ({
  threshold: yuan(threshold),
  amount: yuan(amount),
});
const ids = (count: number) => Array.from({ length: count }, (_, i) => `id-${i}`);
const named = (name: string, language = 'en') => ({ names: [{ language, name }] });
const packet = (min: string, max: string, budget: string) => ({
  type: 'RED_PACKET' as const,
  tiers: null,
  redPacket: { min: yuan(min), max: yuan(max), budget: yuan(budget) },
});
const discount = (rate: string) => ({ type: 'DISCOUNT' as const, tiers: null, rate });
const cut = { type: 'DIRECT_CUT' as const, tiers: null };
const exchange = { type: 'EXCHANGE' as const, tiers: null };
const shared = { claimMethod: 'SHARE' as const };

const BAD: readonly [field: string, overrides: Partial<RulesInput>][] = [
  ['names', { names: [] }],
  ['names', { names: ids(21).map((name) => ({ language: 'en', name })) }],
  ['names[0].name', named('')],
  ['names[0].name', named(' \t\n ')],
  ['names[0].name', named('x'.repeat(101))],
  ['names[0].language', named('x', 'english')],
  ['names[0].language', named('x', '')],
  ['names[0].language', named('x', 'EN')],
  ['names[0].language', named('x', 'zh_CN')],
  ['names[1].language', { names: [...named('a').names, ...named('b').names] }],
  ['names[1].language', { names: [...named('a', 'zh-CN').names, ...named('b', 'zh-cn').names] }],
  ['currency', { currency: 'XYZ', tiers: null }],
  ['currency', { currency: 'cny' }],
  ['tiers', { tiers: null }],
  ['tiers', { tiers: [] }],
  ['tiers', { tiers: ids(21).map((_, i) => tier(`${i + 100}`, `${i + 1}`)) }],
  ['tiers', { ...cut, tiers: [tier('100', '20')] }],
  ['tiers[0].threshold.amount', { tiers: [tier('0', '20')] }],
  ['tiers[0].threshold.amount', { tiers: [tier('0.001', '20')] }],
  ['tiers[0].amount.amount', { tiers: [tier('100', '0.00')] }],
  ['tiers[0].amount.amount', { tiers: [tier('100', '-20')] }],
  ['tiers[0].amount.amount', { tiers: [tier('100', '1e3')] }],
  ['tiers[0].amount.amount', { tiers: [tier('100', '10000000000.01')] }],
  ['tiers[0].amount.currency', { tiers: [{ threshold: yuan('1'), amount: usd('1') }] }],
  ['tiers[0].threshold.currency', { tiers: [{ threshold: usd('1'), amount: yuan('1') }] }],
  ['tiers[1].threshold', { tiers: [tier('100', '10'), tier('100', '20')] }],
  ['tiers[2].threshold', { tiers: [tier('1', '1'), tier('3', '2'), tier('2', '3')] }],
  ['tiers[1].amount', { tiers: [tier('100', '20'), tier('200', '20')] }],
  ['repeatable', { repeatable: true, tiers: [tier('100', '10'), tier('200', '20')] }],
  ['repeatable', { ...cut, amount: yuan('5'), repeatable: true }],
  ['maxDiscount', { maxDiscount: yuan('5') }],
  ['maxDiscount', { ...cut, amount: yuan('5'), maxDiscount: yuan('5') }],
  ['maxDiscount.amount', { ...discount('0.8'), maxDiscount: yuan('0') }],
  ['maxDiscount.currency', { ...discount('0.8'), maxDiscount: usd('5') }],
  ['amount', cut],
  ['amount', { amount: yuan('5') }],
  ['amount.amount', { ...cut, amount: yuan('0') }],
  ['amount.amount', { ...cut, amount: yuan('5.001') }],
  ['amount.amount', { ...cut, amount: { amount: '5.5', currency: 'JPY' }, currency: 'JPY' }],
  ['amount.currency', { ...cut, amount: usd('5') }],
  ['threshold', { threshold: yuan('5') }],
  ['threshold.amount', { ...exchange, threshold: yuan('0') }],
  ['threshold.currency', { ...exchange, threshold: usd('5') }],
  ['rate', { type: 'DISCOUNT', tiers: null }],
  ['rate', { rate: '0.8' }],
  ...['1', '1.0', '0', '0.0', '0.00000', '-0.5', '0.80001', '2.5', '.8', '80', '0,8'].map(
    (rate): [string, Partial<RulesInput>] => ['rate', discount(rate)],
  ),
  ['redPacket', { type: 'RED_PACKET', tiers: null }],
  ['redPacket', { ...exchange, redPacket: packet('1', '2', '150').redPacket }],
  ['redPacket.min.amount', packet('0', '2', '150')],
  ['redPacket.max', packet('2', '1', '150')],
  ['redPacket.budget', packet('1', '2', '99.99')],
  ['redPacket.budget', packet('1', '2', '200.01')],
  ['redPacket.budget.amount', packet('1', '2', '0')],
  ['totalCount', { ...packet('1', '2', '150'), totalCount: null }],
  ['totalCount', { totalCount: 0 }],
  ['totalCount', { totalCount: -1 }],
  ['totalCount', { totalCount: 100_000_001 }],
  ['perUserLimit', { perUserLimit: 0 }],
  ['perUserLimit', { perUserLimit: 101 }],
  ['subStocks', { subStocks: 0 }],
  ['subStocks', { subStocks: 17 }],
  ['subStocks', { ...packet('1', '9', '500'), subStocks: 2 }],
  ['priority', { priority: 1_000_001 }],
  ['priority', { priority: -1_000_001 }],
  ['claimUntil', { claimFrom: NOW_MS, claimUntil: NOW_MS }],
  ['claimUntil', { claimFrom: NOW_MS, claimUntil: NOW_MS - 1 }],
  ['validity', { validity: {} }],
  ['validity', { validity: { days: 7, from: NOW_MS, until: NOW_MS + 1 } }],
  ['validity', { validity: { days: 7, until: NOW_MS } }],
  ['validity', { validity: { from: NOW_MS } }],
  ['validity', { validity: { until: NOW_MS } }],
  ['validity.days', { validity: { days: 0 } }],
  ['validity.days', { validity: { days: 3_651 } }],
  ['validity.until', { validity: { from: NOW_MS, until: NOW_MS } }],
  ...['Mars/Olympus', '', 'local', 'system', 'default'].map(
    (timeZone): [string, Partial<RulesInput>] => [
      'validity.timeZone',
      { validity: { days: 7, timeZone } },
    ],
  ),
  ['exclusionGroup', { exclusionGroup: '' }],
  ['exclusionGroup', { exclusionGroup: 'two words' }],
  ['exclusionGroup', { exclusionGroup: '组' }],
  ['experiment', { experiment: 'x'.repeat(129) }],
  ['experimentWeight', { experimentWeight: 0 }],
  ['userLevels[1]', { userLevels: ['gold', ''] }],
  ['audience[0]', { audience: [' anna'] }],
  ['audience', { audience: ids(10_001) }],
  ['scope.includeProducts', { scope: { includeProducts: ids(1_001) } }],
  ['scope.includeProducts[2]', { scope: { includeProducts: ['a', 'b', 'c d'] } }],
  ['scope.excludeProducts[0]', { scope: { excludeProducts: [''] } }],
  ['scope.includeCategories[0]', { scope: { includeCategories: ['\u0000'] } }],
  ['scope.excludeCategories[0]', { scope: { excludeCategories: ['x'.repeat(129)] } }],
  ['share', shared],
  ['share', { share: { acceptLimit: 1 } }],
  ['share.acceptLimit', { ...shared, share: { acceptLimit: 0 } }],
  ['share.rewardTemplateId', { ...shared, share: { acceptLimit: 1, rewardTemplateId: 'x' } }],
  ['grantOn', { grantOn: 'BIRTHDAY' }],
];

describe('the rules of a template', () => {
  it.each(BAD)('name %s for %j', (field, overrides) => {
    let told: unknown;
    try {
      readRules({ ...rulesInput(NOW_MS), ...overrides }, 'input.template');
    } catch (error) {
      told = error;
    }
    expect(told).toBeInstanceOf(InputError);
    expect((told as InputError).field).toBe(`input.template.${field}`);
    expect((told as InputError).problem).not.toBe('');
  });

  it('are at least sixty ways to be wrong', () => {
    expect(BAD.length).toBeGreaterThanOrEqual(60);
  });

  it.each<[string, Partial<RulesInput>]>([
    ['a total of exactly min times n', packet('1', '2', '100')],
    ['a total of exactly max times n', packet('1', '2', '200')],
    ['twenty tiers', { tiers: ids(20).map((_, i) => tier(`${i + 100}`, `${i + 1}`)) }],
    ['a rate of one basis point', discount('0.0001')],
    ['a rate with blank digits', discount('0.8000000')],
    ['the largest amount', { ...cut, amount: yuan('10000000000') }],
    ['a hundred emoji for a name', named('🎟️'.repeat(50))],
    [
      'three fraction digits of KWD',
      { ...cut, currency: 'KWD', amount: { amount: '0.001', currency: 'KWD' } },
    ],
    ['limits of none and of many', { limits: { perNetworkPerHour: 0, perDevicePerDay: 10_000 } }],
    ['a zone of 30 minutes', { validity: { days: 1, timeZone: 'Australia/Lord_Howe' } }],
  ])('take %s', (_what, overrides) => {
    expect(() => readRules({ ...rulesInput(NOW_MS), ...overrides })).not.toThrow();
  });

  it('fill in what the contract has as default', () => {
    const { names, type, currency, tiers, claimFrom, claimUntil, validity } = rulesInput(NOW_MS);
    const least = { names, type, currency, tiers, claimFrom, claimUntil, validity };
    expect(readRules({ ...least, tiers: tiers! })).toMatchObject({
      repeatable: false,
      thresholdBasis: 'REMAINING',
      stackStrategy: 'NONE',
      priority: 0,
      claimMethod: 'OPEN',
      totalCount: null,
      perUserLimit: 1,
      userLevels: [],
      verification: 'NEVER',
      riskPolicy: 'FAIL_OPEN',
      limits: { perNetworkPerHour: null, perDevicePerDay: null },
    });
  });

  it('hold lists of ids sorted and once', () => {
    const scope = { includeProducts: ['b', 'a', 'b'] };
    const rules = readRules({ ...rulesInput(NOW_MS), scope, audience: ['y', 'x', 'y'] });
    expect([rules.scope.includeProducts, rules.audience]).toEqual([
      ['a', 'b'],
      ['x', 'y'],
    ]);
  });
});
