/** Claims, quotes and redemptions on a real cluster of three masters that fail one by one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lookAtGate } from '../../src/claim/look-at-gate.js';
import { ReserveClaims } from '../../src/claim/reserve-claims.js';
import { CountClaims } from '../../src/guard/count-claims.js';
import { digest } from '../../src/kernel/digest.js';
import { redisKeys } from '../../src/storage/redis-keys.js';
import type { RulesInput } from '../../src/template/rules/rules-input.js';
import type { Template } from '../../src/template/template.types.js';
import { warmTemplates } from '../../src/upkeep/warm-templates.js';
import { draftOf } from '../kit/draft.js';
import { startRedisCluster, type TestCluster } from '../kit/redis-cluster.js';
import { openStores, type Stores } from '../kit/stores.js';
import { activeTemplate, callerOf, claim, openWorld, type World } from '../kit/world.js';

const PLACES = [0, 1, 2] as const;
const RECOVERED_WITHIN = { timeout: 30_000 };

describe('a cluster of three masters', { timeout: 60_000 }, () => {
  let cluster: TestCluster;
  let stores: Stores;
  let world: World;
  beforeAll(async () => {
    cluster = await startRedisCluster({ withReplicas: true });
    stores = await openStores(cluster.url);
    world = await openWorld(stores);
  });
  afterAll(async () => {
    await world?.close();
    await stores?.close();
    await cluster?.stop();
  });

  /** A new template whose gate is on the master at this place. */
  const templateAt = async (place: number, rules: Partial<RulesInput> = {}): Promise<Template> => {
    for (;;) {
      const template = await activeTemplate(world, rules);
      if (cluster.homeOf(redisKeys.gate(template.id)) === place) return template;
    }
  };
  const templatesEverywhere = (rules: Partial<RulesInput> = {}) =>
    Promise.all(PLACES.map((place) => templateAt(place, rules)));
  const claimMany = (id: string, count: number, prefix: string) =>
    Promise.all(Array.from({ length: count }, (_, i) => claim(world, id, `${prefix}-${i}`)));
  const claimed = (answers: readonly { code: string }[]) =>
    answers.filter(({ code }) => code === 'CLAIMED');
  /** The coupons in MySQL: as many as were told, and those that were told. */
  const couponsOf = async (id: string) => {
    const rows = await stores.database.rows('SELECT id FROM coupon WHERE template_id = ?', [id]);
    return rows.map((row) => row['id'] as string).sort();
  };
  const expectTold = async (id: string, answers: readonly { couponId: string | null }[]) => {
    const told = answers.flatMap(({ couponId }) => (couponId === null ? [] : [couponId]));
    expect(await couponsOf(id)).toEqual([...new Set(told)].sort());
  };
  const expectVerified = async () => expect((await world.verify()).violations).toEqual([]);
  const gateOf = (id: string) => lookAtGate(stores.redis, id);
  /** Claims go through Redis again: a gate of this life whose stock goes down. */
  const untilBack = async (id: string) => {
    await expect
      .poll(async () => {
        await warmTemplates(stores.database, stores.redis, world.app.rebuild, world.clock).catch(
          () => undefined,
        );
        return gateOf(id).then(
          (gate) => gate?.isOfThisLife,
          () => false,
        );
      }, RECOVERED_WITHIN)
      .toBe(true);
  };
  const leaveInJournal = async (template: Template, userId: string) => {
    const claimKey = digest(`${userId}-${template.id}`);
    const draft = draftOf(template, userId, world.clock.nowMs(), { claimKey });
    const reserver = new ReserveClaims(stores.redis);
    expect(await reserver.reserve(draft, template)).toMatchObject({ kind: 'RESERVED' });
  };

  it('issues exactly the total of templates on all three, and answers keys again', async () => {
    const templates = await templatesEverywhere({ totalCount: 20 });
    await Promise.all(
      templates.map(async ({ id }) => {
        const first = await claim(world, id, 'ada', `ada-${id}`);
        const answers = await claimMany(id, 40, 'user');
        expect(claimed(answers)).toHaveLength(19);
        expect(answers.filter(({ code }) => code === 'SOLD_OUT')).toHaveLength(21);
        expect(await claim(world, id, 'ada')).toMatchObject({ code: 'USER_LIMIT_REACHED' });
        const again = await claim(world, id, 'ada', `ada-${id}`);
        expect(again).toMatchObject({ replayed: true, couponId: first.couponId });
        expect((await gateOf(id))!.stock).toBe(0);
        await expectTold(id, [first, ...answers]);
      }),
    );
    await expectVerified();
  });

  it('draws the whole budget of red packets on each', async () => {
    const yuan = (amount: string) => ({ amount, currency: 'CNY' });
    const redPacket = { min: yuan('1'), max: yuan('9'), budget: yuan('30') };
    const rules = { type: 'RED_PACKET', tiers: null, redPacket, totalCount: 6 } as const;
    for (const { id } of await templatesEverywhere(rules)) {
      await claimMany(id, 9, 'packet');
      const [row] = await stores.database.rows(
        'SELECT SUM(face_value_minor) AS total FROM coupon WHERE template_id = ?',
        [id],
      );
      expect(Number(row!['total'])).toBe(3_000);
    }
    await expectVerified();
  });

  it('keeps quotes and turns away the second of two orders, wherever their keys are', async () => {
    const service = callerOf('orders', ['coupons:redeem']);
    const { hold, confirm, refund } = world.app.redemptions;
    const templates = await templatesEverywhere({ stackStrategy: 'ALL' });
    for (const { id } of templates) await claim(world, id, 'carl');
    const unitPrice = { amount: '120', currency: 'CNY' };
    const line = { lineId: 'L1', productId: 'P1', categoryIds: [], unitPrice, quantity: 3 };
    const request = { currency: 'CNY', lines: [line], couponIds: null, orderId: null };
    const { quote } = await world.app.quoteDiscount.run(callerOf('carl'), {
      ...request,
      userId: null,
      atMs: null,
    });
    expect(quote.discountMinor).toBe(6_000);
    const orders = ['one', 'two', 'three'].map((orderId) => ({ orderId, quoteId: quote.id }));
    const holds = await Promise.all(orders.map((order) => hold.run(service, order)));
    expect(holds.filter(({ ok }) => ok)).toHaveLength(1);
    const { orderId } = orders[holds.findIndex(({ ok }) => ok)]!;
    expect(await confirm.run(service, orderId)).toMatchObject({ ok: true });
    const all = { orderId, lines: null, reason: null, idempotencyKey: 'all' };
    expect(await refund.run(service, all)).toMatchObject({
      ok: true,
      value: { redemption: { status: 'REFUNDED', refundedMinor: 6_000 } },
    });
    await expectVerified();
  });

  it('counts claims by network and device, each on the master that has it', async () => {
    const counts = new CountClaims(stores.redis);
    const { id } = await templateAt(0);
    const places = new Set<number>();
    for (let i = 0; places.size < PLACES.length; i += 1) {
      const names = { user: `user-${i}`, network: `net-${i}`, device: `dev-${i}` };
      places.add(cluster.homeOf(redisKeys.deviceClaims(names.device)));
      const ask = (nth: number) =>
        counts.count({
          templateId: id,
          names: { ...names, claim: `claim-${nth}` },
          limits: { perNetworkPerHour: 2, perDevicePerDay: 3 },
          nowMs: world.clock.nowMs(),
          wantsSignals: true,
          token: { name: `token-${i}-${nth}`, ttlMs: 60_000 },
        });
      await Promise.all([ask(1), ask(2)]);
      const { rates, signals, isTokenSpent } = await ask(3);
      expect(isTokenSpent).toBe(false);
      expect(rates.device?.state).toBe('LET_IN');
      expect(signals).toMatchObject({ networkClaims: 3, deviceClaims: 3, deviceUsers: 1 });
    }
  });

  it('settles what a crash left in the journals of all three', async () => {
    const templates = await templatesEverywhere();
    for (const template of templates) await leaveInJournal(template, 'ghost');
    await world.app.settleJournals.run(0);
    for (const { id } of templates) expect(await couponsOf(id)).toHaveLength(1);
    await world.app.settleJournals.run(0);
    for (const { id } of templates) expect((await gateOf(id))!.pending).toBe(0);
    await expectVerified();
  });

  it('loses one master: the others serve and settle as before, and its own templates go over MySQL', async () => {
    const templates = await templatesEverywhere({ totalCount: 30 });
    const home = cluster.homeOf(redisKeys.openJournals);
    const [hit, ...others] = [home, (home + 1) % 3, (home + 2) % 3].map((at) => templates[at]!);
    const before = await Promise.all(templates.map(({ id }) => claimMany(id, 5, 'before')));
    for (const template of others) await leaveInJournal(template, 'ghost');
    await cluster.masters[home]!.kill();

    const during = await Promise.all(templates.map(({ id }) => claimMany(id, 10, 'during')));
    expect(claimed(during.flat())).toHaveLength(30);
    await world.app.settleJournals.run(0);
    for (const { id, epoch } of others) {
      expect(await gateOf(id)).toMatchObject({ epoch, stock: 14 });
      expect(await couponsOf(id)).toHaveLength(16);
    }
    expect((await world.app.catalog.fresh(hit!.id))!.epoch).toBeGreaterThan(hit!.epoch);

    await cluster.masters[home]!.run();
    await untilBack(hit!.id);
    const after = await Promise.all(templates.map(({ id }) => claimMany(id, 30, 'after')));
    expect(claimed(after.flat())).toHaveLength(15 + 14 + 14);
    const at = templates.indexOf(hit!);
    await expectTold(hit!.id, [...before[at]!, ...during[at]!, ...after[at]!]);
    expect((await gateOf(hit!.id))!.stock).toBe(0);
    await expectVerified();
  });

  it('moves a slot to another master while it is claimed from, without one too many or one lost', async () => {
    const { id } = await templateAt(0, { totalCount: 200 });
    const over = new AbortController();
    const answers: Awaited<ReturnType<typeof claim>>[] = [];
    const claims = (async () => {
      for (let wave = 0; !over.signal.aborted; wave += 1)
        answers.push(...(await claimMany(id, 3, `wave-${wave}`)));
    })();
    try {
      await expect.poll(() => claimed(answers).length, RECOVERED_WITHIN).toBeGreaterThan(10);
      await cluster.moveSlot(redisKeys.gate(id), 1, async () => {
        const told = answers.length;
        await expect.poll(() => answers.length, RECOVERED_WITHIN).toBeGreaterThan(told + 3);
      });
      await untilBack(id);
    } finally {
      over.abort();
      await claims;
    }
    expect(await cluster.masters[1]!.client.exists(redisKeys.gate(id))).toBe(1);
    const rest = await claimMany(id, 250, 'rest');
    expect(claimed([...answers, ...rest])).toHaveLength(200);
    await expectTold(id, [...answers, ...rest]);
    await expectVerified();
  });

  it('goes on with the replica of a dead master, which is not believed before it was rebuilt', async () => {
    const template = await templateAt(2, { totalCount: 40 });
    const { id } = template;
    const before = await claimMany(id, 15, 'before');
    await cluster.masters[2]!.kill();
    const during = claimMany(id, 10, 'during');
    await cluster.promote(2);
    await during;
    await untilBack(id);
    expect((await gateOf(id))!.epoch).toBeGreaterThan(template.epoch);
    expect(await claim(world, id, 'before-3')).toMatchObject({ code: 'USER_LIMIT_REACHED' });
    const after = await claimMany(id, 40, 'after');
    const answers = [...before, ...(await during), ...after];
    expect(claimed(answers)).toHaveLength(40);
    await expectTold(id, answers);
    await expectVerified();
  });
});
