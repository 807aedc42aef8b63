/** A draft over past orders: what it would have cost, worked out by hand and by brute force. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readHistory } from '../../src/event/read-history.js';
import type { Cart, WalletCoupon } from '../../src/quote/rules/quote.types.js';
import { simulateOrder } from '../../src/simulation/rules/simulate-order.js';
import { SimulationTally } from '../../src/simulation/rules/simulation-tally.js';
import { readSimulation, SIMULATION_SQL } from '../../src/simulation/simulation.store.js';
import type { DiscountRules } from '../../src/template/template.types.js';
import { rulesOf, seedCoupon, seedTemplate } from '../kit/seed.js';
import { callerOf, openWorld, operator, reviewer, rulesInput, type World } from '../kit/world.js';
import { bestByBruteForce } from '../quote/rules/kit/reference.js';

const yuan = (amount: string) => ({ amount, currency: 'CNY' });
const cartOf = (...pricesMinor: number[]): Cart => ({
  currency: 'CNY',
  lines: pricesMinor.map((unitPriceMinor, i) => ({
    lineId: `l${i}`,
    productId: `p${i}`,
    categoryIds: [],
    unitPriceMinor,
    quantity: 1,
  })),
});
const heldOf = (templateId: string, rules: Partial<DiscountRules>, i = 0) => ({
  couponId: `${templateId}-${i}`,
  templateId,
  faceValueMinor: null,
  rules: rulesOf(rules),
});

describe('an order simulated', () => {
  it('costs the difference of the two best combinations, and displaces what it stands against', () => {
    // Without: 10.00 off. With a draft of 25.00 that accepts nothing beside: 25.00 off instead.
    const draft = rulesOf({ amountMinor: 2_500, stackStrategy: 'NONE' });
    const order = { cart: cartOf(10_000), held: [heldOf('old', { amountMinor: 1_000 })] };
    expect(simulateOrder(order, draft, 10)).toEqual({
      extraMinor: 1_500,
      isHit: true,
      isBounded: false,
      displaced: ['old'],
    });
    // A draft of 5.00 loses against the 10.00 that cannot stand beside it.
    const weak = rulesOf({ amountMinor: 500, stackStrategy: 'NONE' });
    expect(simulateOrder(order, weak, 10)).toMatchObject({ extraMinor: 0, isHit: false });
    // And adds its own where both may stand together, but no more than the cart costs.
    const friendly = rulesOf({ amountMinor: 9_500 });
    expect(simulateOrder(order, friendly, 10)).toMatchObject({
      extraMinor: 9_000,
      isHit: true,
      displaced: [],
    });
  });

  it('of a red packet takes the mean of its budget', () => {
    const redPacket = { minMinor: 1, maxMinor: 900, budgetMinor: 1_000 };
    const draft = rulesOf({ type: 'RED_PACKET', amountMinor: null, redPacket, totalCount: 3 });
    const order = { cart: cartOf(10_000), held: [] };
    expect(simulateOrder(order, draft, 10).extraMinor).toBe(333);
  });

  it('costs what brute force says, whatever the coupons beside it', () => {
    const rules = fc
      .record({
        amountMinor: fc.integer({ min: 1, max: 300 }),
        thresholdMinor: fc.option(fc.integer({ min: 1, max: 600 })),
        stackStrategy: fc.constantFrom('NONE', 'SAME_TYPE', 'ALL'),
        exclusionGroup: fc.option(fc.constantFrom('a', 'b')),
        priority: fc.integer({ min: 0, max: 2 }),
        rate: fc.option(fc.integer({ min: 5_000, max: 9_900 })),
      })
      .map(({ rate, amountMinor, ...rest }) =>
        rulesOf(
          rate === null
            ? { ...rest, type: 'DIRECT_CUT', amountMinor }
            : { ...rest, type: 'DISCOUNT', rateBps: rate, amountMinor: null },
        ),
      );
    const orders = fc.array(
      fc.record({
        prices: fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 3 }),
        held: fc.array(rules, { maxLength: 3 }),
      }),
      { maxLength: 4 },
    );
    const asWallet = (couponId: string, of: DiscountRules, expiresAtMs: number): WalletCoupon => ({
      couponId,
      status: 'UNUSED',
      heldForOrderId: null,
      faceValueMinor: null,
      validFromMs: 0,
      expiresAtMs,
      rules: of,
    });
    fc.assert(
      fc.property(rules, orders, (draft, drawn) => {
        const tally = new SimulationTally(draft, 3);
        let costMinor = 0n;
        for (const { prices, held } of drawn) {
          const cart = cartOf(...prices);
          const wallet = held.map((of, i) => asWallet(`h${i}`, of, 1));
          const own = asWallet('zzz', draft, 2);
          costMinor +=
            bestByBruteForce(cart, [...wallet, own], 3).total -
            bestByBruteForce(cart, wallet, 3).total;
          tally.add({ cart, held: held.map((of, i) => heldOf('h', of, i)) });
        }
        const summary = tally.summary([], true);
        expect(summary).toMatchObject({ orders: drawn.length, costMinor: Number(costMinor) });
        expect(summary.costMinor).toBeGreaterThanOrEqual(0);
        if (summary.costMinor > 0) expect(summary.hit).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a simulation', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  const draftOf = async (overrides = {}) => {
    const input = rulesInput(world.clock.nowMs(), overrides);
    const made = await world.app.saveTemplate.create(operator, input);
    if (!made.ok) throw new Error(made.rejection.code);
    return made.value;
  };
  const sent = (amount: string, heldTemplateIds: string[] = [], currency = 'CNY') => ({
    currency,
    heldTemplateIds,
    lines: [
      {
        lineId: 'l',
        productId: 'p',
        categoryIds: [],
        unitPrice: { amount, currency },
        quantity: 1,
      },
    ],
  });
  const run = (templateId: string | null, orders: ReturnType<typeof sent>[] | null, more = {}) => {
    const request = { templateId, template: null, orders, fromMs: null, untilMs: null, ...more };
    return world.app.simulateTemplate.run(operator, request);
  };

  it('of no orders costs nothing', async () => {
    const { id } = await draftOf();
    expect(await run(id, [])).toMatchObject({
      ok: true,
      value: { orders: 0, hit: 0, costMinor: 0, isComplete: true },
    });
  });

  it('of three orders by hand: two reach the threshold, and one is in another currency', async () => {
    const { id } = await draftOf();
    const orders = [sent('100'), sent('99.99'), sent('250'), sent('10', [], 'USD')];
    expect(await run(id, orders)).toMatchObject({
      ok: true,
      value: { orders: 3, hit: 2, costMinor: 4_000, otherCurrency: 1, bounded: 0 },
    });
  });

  it('names the running templates that it cannot stand beside, and whose coupons it displaced', async () => {
    const group = await seedTemplate(world.stores.database, {
      exclusionGroup: 'g',
      amountMinor: 1,
    });
    const alone = await seedTemplate(world.stores.database, { stackStrategy: 'NONE' });
    const free = await seedTemplate(world.stores.database);
    const { id } = await draftOf({ exclusionGroup: 'g', stackStrategy: 'ALL' });
    const result = await run(id, [sent('100', [group.id]), sent('150', [group.id, free.id])]);
    if (!result.ok) throw new Error(result.rejection.code);
    const { conflicts, costMinor } = result.value;
    expect(costMinor).toBe(2 * (2_000 - 1));
    expect(conflicts).toContainEqual({
      templateId: group.id,
      reason: 'EXCLUSION_GROUP',
      displaced: 2,
    });
    expect(conflicts).toContainEqual({ templateId: alone.id, reason: 'STACKING', displaced: 0 });
    expect(conflicts.map(({ templateId }) => templateId)).not.toContain(free.id);
  });

  it('takes the orders of a time that were paid with coupons, with the coupons they used', async () => {
    const { database } = world.stores;
    const { id: templateId } = await seedTemplate(database, { amountMinor: 1_000 });
    const fromMs = Date.now() - 1_000;
    for (const orderId of ['paid-1', 'paid-2', 'held-3']) {
      const couponId = await seedCoupon(database, { templateId, userId: orderId });
      const customer = callerOf(orderId);
      const cart = { ...sent('100'), couponIds: [couponId], orderId, userId: null, atMs: null };
      const { quote } = await world.app.quoteDiscount.run(customer, cart);
      const held = await world.app.redemptions.hold.run(customer, { orderId, quoteId: quote.id });
      expect(held.ok).toBe(true);
      if (orderId.startsWith('paid'))
        expect((await world.app.redemptions.confirm.run(customer, orderId)).ok).toBe(true);
    }
    const { id } = await draftOf({ stackStrategy: 'NONE' });
    const untilMs = Date.now() + 1_000;
    expect(await run(id, null, { fromMs, untilMs })).toMatchObject({
      value: {
        orders: 2,
        hit: 2,
        costMinor: 2 * (2_000 - 1_000),
        conflicts: expect.arrayContaining([
          { templateId, reason: 'STACKING', displaced: 2 },
        ]) as unknown,
      },
    });
    expect(await run(id, null, { fromMs, untilMs: fromMs })).toMatchObject({
      value: { orders: 0 },
    });
    const values = ['0'.repeat(26), 'Z'.repeat(26)];
    const [plan] = await database.rows(`EXPLAIN ${SIMULATION_SQL.paid}`, values);
    expect(plan).toMatchObject({ key: 'PRIMARY' });
  });

  it('stays with the version that it was of, for whoever reviews it', async () => {
    const template = await draftOf();
    await run(template.id, [sent('100')]);
    const { database } = world.stores;
    const step = { id: template.id, expectedVersion: 1, reason: null };
    const submitted = await world.app.moveTemplate.run(operator, 'SUBMIT', step);
    if (!submitted.ok) throw new Error(submitted.rejection.code);
    expect(await readSimulation(database, submitted.value)).toMatchObject({
      orders: 1,
      costMinor: 2_000,
      actor: 'olga',
    });
    await run(template.id, [sent('1')]);
    expect(await readSimulation(database, template)).toMatchObject({ orders: 1, costMinor: 0 });
    expect(await readSimulation(database, { id: template.id, version: 2 })).toBeUndefined();
  });

  it('of a template that is not written yet answers the same, and stores nothing', async () => {
    const { database } = world.stores;
    const rows = () => database.rows('SELECT COUNT(*) AS n FROM template_simulation');
    const templates = () => database.rows('SELECT COUNT(*) AS n FROM template');
    const orders = [sent('100'), sent('99.99')];
    const { id } = await draftOf();
    const stored = await run(id, orders);
    const before = [await rows(), await templates()];
    const template = rulesInput(world.clock.nowMs());
    const inline = await run(null, orders, { template });
    if (!stored.ok || !inline.ok) throw new Error('refused');
    expect({ ...inline.value, simulatedAtMs: 0 }).toEqual({ ...stored.value, simulatedAtMs: 0 });
    expect([await rows(), await templates()]).toEqual(before);
    const cheaper = { ...template, tiers: [{ ...template.tiers![0]!, amount: yuan('5') }] };
    expect(await run(null, orders, { template: cheaper })).toMatchObject({
      value: { hit: 1, costMinor: 500 },
    });
    await expect(run(id, orders, { template })).rejects.toThrow('input.templateId');
    await expect(run(null, orders)).rejects.toThrow('input.templateId');
    await expect(run(null, [], { template: { ...template, amount: yuan('1') } })).rejects.toThrow(
      'input.template.amount',
    );
  });

  it('is in the audit of the review: as it was when it was asked for, and when it was decided', async () => {
    const template = await draftOf();
    const { database } = world.stores;
    const move = async (who: typeof operator, action: 'SUBMIT' | 'APPROVE' | 'REJECT') => {
      const step = { id: template.id, expectedVersion: 1, reason: null };
      expect(await world.app.moveTemplate.run(who, action, step)).toMatchObject({ ok: true });
      return (await readHistory(database, template.id)).at(-1)!.details!['simulation'];
    };
    expect(await move(operator, 'SUBMIT')).toBeUndefined();
    await run(template.id, [sent('100'), sent('99')]);
    const facts = {
      simulatedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      orders: 2,
      hit: 1,
      cost: { amount: '20.00', currency: 'CNY' },
      isComplete: true,
      conflicts: expect.any(Number) as number,
    };
    expect(await move(reviewer, 'REJECT')).toEqual(facts);
    expect(await move(operator, 'SUBMIT')).toEqual(facts);
    await run(template.id, [sent('99')]);
    expect(await move(reviewer, 'APPROVE')).toMatchObject({ orders: 1, hit: 0 });
  });

  it('is for operators, one at a time, of a template that there is, over orders that can be read', async () => {
    const { id } = await draftOf();
    const request = { templateId: id, template: null, orders: [], fromMs: null, untilMs: null };
    await expect(world.app.simulateTemplate.run(reviewer, request)).rejects.toThrow(
      'coupons:admin',
    );
    const [first, second] = await Promise.all([run(id, [sent('100')]), run(id, [])]);
    expect([first.ok, second]).toMatchObject([true, { rejection: { code: 'OVERLOADED' } }]);
    expect(await run('nothing', [])).toMatchObject({ rejection: { code: 'TEMPLATE_NOT_FOUND' } });
    await expect(run(id, null)).rejects.toThrow('input.orders');
    await expect(run(id, [sent('1', ['nobody'])])).rejects.toThrow('heldTemplateIds[0]');
    await expect(
      run(
        id,
        Array.from({ length: 1_001 }, () => sent('1')),
      ),
    ).rejects.toThrow('1000');
    expect(await run(id, [])).toMatchObject({ ok: true });
  });
});
