/** Quotes on real stores: what is asked of them, what is kept, and for whom. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QuoteRequest } from '../../src/quote/quote-discount.js';
import { NotAllowed, NotAuthenticated, type Caller } from '../../src/kernel/caller.js';
import { InputError } from '../../src/kernel/input-error.js';
import type { RulesInput } from '../../src/template/rules/rules-input.js';
import { connectRedis } from '../../src/storage/redis.js';
import {
  activeTemplate,
  callerOf,
  claim,
  openWorld,
  operator,
  rulesInput,
  type World,
} from '../kit/world.js';

const yuan = (amount: string) => ({ amount, currency: 'CNY' });
const service = callerOf('orders', ['coupons:redeem']);

function cart(overrides: Partial<QuoteRequest> = {}): QuoteRequest {
  const line = {
    lineId: 'L1',
    productId: 'P1',
    categoryIds: ['C1'],
    unitPrice: yuan('60'),
    quantity: 2,
  };
  return {
    currency: 'CNY',
    lines: [line],
    couponIds: null,
    orderId: null,
    userId: null,
    atMs: null,
    ...overrides,
  };
}

describe('a quote', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  const quote = async (caller: Caller, overrides: Partial<QuoteRequest> = {}) =>
    (await world.app.quoteDiscount.run(caller, cart(overrides))).quote;
  const give = async (userId: string, overrides: Partial<RulesInput> = {}) => {
    const { id } = await activeTemplate(world, overrides);
    return { templateId: id, couponId: (await claim(world, id, userId)).couponId! };
  };
  const statementsOf = async (work: () => Promise<unknown>) => {
    const statements: string[] = [];
    const stop = world.stores.database.observe((sql) => statements.push(sql));
    await work();
    stop();
    return statements;
  };

  it('applies the best coupon of the wallet to the cent', async () => {
    await give('anna');
    await give('anna', { type: 'DISCOUNT', tiers: null, rate: '0.80' });
    expect(await quote(callerOf('anna'))).toMatchObject({
      subtotalMinor: 12_000,
      discountMinor: 2_400,
      payableMinor: 9_600,
      optimality: 'PROVED',
    });
  });

  it('asks for the wallet once and for the rules once, however many coupons', async () => {
    for (let i = 0; i < 12; i += 1) await give('many', { stackStrategy: 'ALL' });
    const fresh = await openWorld(world.stores);
    const cold = await statementsOf(() => fresh.app.quoteDiscount.run(callerOf('many'), cart()));
    expect(cold).toHaveLength(2);
    const warm = await statementsOf(() => fresh.app.quoteDiscount.run(callerOf('many'), cart()));
    expect(warm).toHaveLength(1);
  });

  it('asks for the wallets and the rules of fifty customers in one statement each', async () => {
    const { id } = await activeTemplate(world, { totalCount: 100 });
    const users = Array.from({ length: 50 }, (_, i) => `customer-${i}`);
    await Promise.all(users.map((userId) => claim(world, id, userId)));
    const fresh = await openWorld(world.stores);
    const statements = await statementsOf(() =>
      Promise.all(users.map((userId) => fresh.app.quoteDiscount.run(service, cart({ userId })))),
    );
    expect(statements.filter((sql) => sql.includes('FROM coupon'))).toHaveLength(1);
    expect(statements.filter((sql) => sql.includes('FROM template_version'))).toHaveLength(1);
  });

  it('has the same id for the same cart, wallet and rules, and lives longer when asked again', async () => {
    const { templateId } = await give('bert');
    const first = await quote(callerOf('bert'));
    world.clock.forward(60_000);
    const again = await quote(callerOf('bert'));
    expect(again.id).toBe(first.id);
    expect(again.expiresAtMs - first.expiresAtMs).toBeGreaterThanOrEqual(60_000);
    await give('bert');
    expect((await quote(callerOf('bert'))).id).not.toBe(first.id);
    expect(templateId).toBeTruthy();
  });

  it('is found by its owner for 15 minutes, by nobody else, and then not at all', async () => {
    await give('carl');
    const { id } = await quote(callerOf('carl'));
    const { readQuotes } = world.app;
    expect(await readQuotes.byId(callerOf('carl'), id)).toMatchObject({ id });
    expect(await readQuotes.byId(callerOf('mallory'), id)).toBeNull();
    world.clock.forward(15 * 60_000);
    expect(await readQuotes.byId(callerOf('carl'), id)).toBeNull();
  });

  it('is kept as it was answered, without the names of who may claim', async () => {
    const audience = ['cora', 'dave'];
    await give('cora', { stackStrategy: 'ALL', audience });
    await give('cora', { stackStrategy: 'ALL', scope: { includeCategories: ['C1'] } });
    const answered = await quote(callerOf('cora'));
    expect(answered.applied).toHaveLength(2);
    expect(await world.app.readQuotes.byId(callerOf('cora'), answered.id)).toEqual(answered);
    expect(JSON.stringify(answered)).not.toContain('dave');
  });

  it('with couponIds chooses among exactly these and explains the others of them', async () => {
    const small = await give('dora', { tiers: [{ threshold: yuan('10'), amount: yuan('5') }] });
    const large = await give('dora');
    const both = await quote(callerOf('dora'), { couponIds: [small.couponId, large.couponId] });
    expect(both.applied.map(({ couponId }) => couponId)).toEqual([large.couponId]);
    const one = await quote(callerOf('dora'), { couponIds: [small.couponId] });
    expect(one.discountMinor).toBe(500);
    expect(one.options).toHaveLength(1);
  });

  it('names the coupon id that is unknown, foreign or there twice', async () => {
    const { couponId } = await give('emil');
    const foreign = await give('fred');
    const asked = (couponIds: string[]) => quote(callerOf('emil'), { couponIds });
    await expect(asked([couponId, foreign.couponId])).rejects.toMatchObject({
      field: 'input.couponIds[1]',
    });
    await expect(asked(['nope'])).rejects.toMatchObject({ field: 'input.couponIds[0]' });
    await expect(asked([couponId, couponId])).rejects.toMatchObject({
      field: 'input.couponIds[1]',
    });
  });

  it('says of a named coupon that is frozen, revoked or used up why it is not applied', async () => {
    const frozen = await give('gina');
    const revoked = await give('gina');
    const change = (id: string, action: 'FREEZE' | 'REVOKE') =>
      world.app.changeCoupon.run(operator, action, { id, reason: 'test' });
    await change(frozen.couponId, 'FREEZE');
    await change(revoked.couponId, 'REVOKE');
    const { options, discountMinor } = await quote(callerOf('gina'), {
      couponIds: [frozen.couponId, revoked.couponId],
    });
    const why = new Map(options.map(({ couponId, reason }) => [couponId, reason?.code]));
    expect(discountMinor).toBe(0);
    expect(why.get(frozen.couponId)).toBe('COUPON_FROZEN');
    expect(why.get(revoked.couponId)).toBe('COUPON_REVOKED');
  });

  it('for somebody else is for services and operators', async () => {
    await give('hans');
    expect(await quote(service, { userId: 'hans' })).toMatchObject({
      userId: 'hans',
      discountMinor: 2_000,
    });
    await expect(quote(callerOf('ines'), { userId: 'hans' })).rejects.toThrow(NotAllowed);
    await expect(quote(callerOf(null))).rejects.toThrow(NotAuthenticated);
  });

  it('takes the level of the caller from the token', async () => {
    const { id } = await activeTemplate(world, { userLevels: ['gold'] });
    const gold = callerOf('jan', [], 'gold');
    const request = { templateId: id, idempotencyKey: 'j', channel: null, deviceId: null };
    await world.app.claimCoupon.run(gold, request);
    expect(await quote(gold)).toMatchObject({ discountMinor: 2_000 });
    const now = await quote(callerOf('jan'));
    expect(now.options[0]?.reason?.code).toBe('USER_LEVEL_NOT_ELIGIBLE');
  });

  it('at another time shifts the clock and the version, is for operators, and is not kept', async () => {
    const startedMs = world.clock.nowMs();
    const { templateId } = await give('kurt');
    const template = (await world.app.catalog.fresh(templateId))!;
    world.clock.forward(5_000);
    const edited = await world.app.saveTemplate.update(operator, templateId, template.version, {
      ...rulesInput(startedMs, { priority: 9 }),
      claimFrom: template.rules.claimFromMs,
      claimUntil: template.rules.claimUntilMs,
    });
    expect(edited.ok).toBe(true);
    const of = (atMs: number) => quote(operator, { userId: 'kurt', atMs });
    const priorityIn = async (atMs: number) => (await of(atMs)).applied[0]?.rules.priority;
    expect(await priorityIn(world.clock.nowMs() - 2_000)).toBe(0);
    expect(await priorityIn(world.clock.nowMs() + 1_000)).toBe(9);
    const later = await of(world.clock.nowMs() + 400 * 86_400_000);
    expect(later.discountMinor).toBe(0);
    expect(await world.app.readQuotes.byId(operator, later.id)).toBeNull();
    await expect(quote(callerOf('kurt'), { atMs: 1 })).rejects.toThrow(NotAllowed);
  });

  it('is honoured by a hold although the template was changed meanwhile', async () => {
    const { templateId } = await give('lena');
    const { id, discountMinor } = await quote(callerOf('lena'));
    const { version, rules } = (await world.app.catalog.fresh(templateId))!;
    await world.app.saveTemplate.update(operator, templateId, version, {
      ...rulesInput(world.clock.nowMs(), { priority: -5 }),
      claimFrom: rules.claimFromMs,
      claimUntil: rules.claimUntilMs,
    });
    const held = await world.app.redemptions.hold.run(callerOf('lena'), {
      orderId: 'O-lena',
      quoteId: id,
    });
    expect(held).toMatchObject({ ok: true, value: { redemption: { discountMinor } } });
  });

  it('is stale once a coupon of it was held or used', async () => {
    const { couponId } = await give('mona');
    const { id } = await quote(callerOf('mona'));
    const other = await quote(callerOf('mona'), { lines: [{ ...cart().lines[0]!, quantity: 3 }] });
    const hold = (orderId: string, quoteId: string) =>
      world.app.redemptions.hold.run(callerOf('mona'), { orderId, quoteId });
    expect(await hold('O-mona-1', id)).toMatchObject({ ok: true });
    expect(await hold('O-mona-2', other.id)).toMatchObject({
      ok: false,
      rejection: { code: 'QUOTE_STALE', couponId },
    });
  });

  it('of an order with a live redemption is what it was held under', async () => {
    await give('nils');
    const first = await quote(callerOf('nils'));
    await world.app.redemptions.hold.run(callerOf('nils'), {
      orderId: 'O-nils',
      quoteId: first.id,
    });
    const shown = await quote(callerOf('nils'), {
      orderId: 'O-nils',
      lines: [{ ...cart().lines[0]!, quantity: 9 }],
    });
    expect(shown).toMatchObject({ id: first.id, discountMinor: first.discountMinor });
    expect(await quote(callerOf('nils'))).toMatchObject({ discountMinor: 0 });
  });

  it('lost with Redis is not found, and without Redis is kept by MySQL', async () => {
    await give('olaf');
    const { id } = await quote(callerOf('olaf'));
    await world.stores.redis.client.flushdb();
    const refused = await world.app.redemptions.hold.run(callerOf('olaf'), {
      orderId: 'O-olaf',
      quoteId: id,
    });
    expect(refused).toMatchObject({ ok: false, rejection: { code: 'QUOTE_NOT_FOUND' } });
    const nowhere = connectRedis('redis://127.0.0.1:1/0');
    const alone = await openWorld({ ...world.stores, redis: nowhere });
    const { quote: kept } = await alone.app.quoteDiscount.run(callerOf('olaf'), cart());
    const held = await alone.app.redemptions.hold.run(callerOf('olaf'), {
      orderId: 'O-olaf',
      quoteId: kept.id,
    });
    nowhere.close();
    expect(held).toMatchObject({ ok: true });
  });

  it('refuses a bad cart with the path of what is wrong', async () => {
    const line = cart().lines[0]!;
    const bad: [Partial<QuoteRequest>, string][] = [
      [{ lines: [] }, 'input.lines'],
      [{ lines: [{ ...line, quantity: 0 }] }, 'input.lines[0].quantity'],
      [{ lines: [line, line] }, 'input.lines[1].lineId'],
      [{ orderId: 'has blank' }, 'input.orderId'],
    ];
    for (const [overrides, field] of bad) {
      const error: unknown = await quote(callerOf('paul'), overrides).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(InputError);
      expect((error as InputError).field).toBe(field);
    }
  });
});
