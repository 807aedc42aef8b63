/** Red packets over HTTP: drawn by a crowd at once, and proved afterwards from the seed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyDraws } from '../../src/upkeep/verify-draws.js';
import { openWorld, activeTemplate, operator, callerOf, type World } from '../kit/world.js';
import { start, type TestService } from '../kit/service.js';

const DRAWS = 1_000;
const BUDGET_MINOR = 500_037;
const CLAIM = `mutation ($id: ID!) { claimCoupon(input: { templateId: $id, idempotencyKey: "once" }) {
  ... on CouponClaimed { coupon { faceValue { amount } } } ... on Rejection { code } } }`;
const SEED = 'query ($id: ID!) { template(id: $id) { redPacket { seedHash seed } } }';
const HASH = 'query ($id: ID!) { template(id: $id) { redPacket { seedHash } } }';

interface Drawn {
  readonly claimCoupon: {
    readonly coupon?: { readonly faceValue: { readonly amount: string } };
    readonly code?: string;
  };
}
interface Seed {
  readonly template: { readonly redPacket: { readonly seedHash: string; readonly seed: string } };
}

describe('a red packet', () => {
  let service: TestService;
  let world: World;
  let admin: string;
  beforeAll(async () => {
    service = await start({ env: { CLAIMS_PER_NETWORK_PER_HOUR: '0', ROLE: 'api' } });
    world = await openWorld(service.stores);
    admin = await service.token({ sub: 'olga', scope: 'coupons:admin' });
  });
  afterAll(async () => {
    await world.close();
    await service.stop();
  });

  const yuan = (amount: string) => ({ amount, currency: 'CNY' });
  const redPacket = (totalCount: number, budget: string) =>
    activeTemplate(world, {
      type: 'RED_PACKET',
      tiers: null,
      redPacket: { min: yuan('0.50'), max: yuan('88.00'), budget: yuan(budget) },
      totalCount,
    });
  /** Asks again until there is an answer, as any client does. */
  const draw = async (id: string, sub: string): Promise<string> => {
    const token = await service.token({ sub });
    for (let tries = 0; tries < 50; tries += 1) {
      const { data } = await service.query<Drawn>(CLAIM, { id }, token);
      const { coupon, code } = data?.claimCoupon ?? {};
      if (coupon) return coupon.faceValue.amount;
      if (code === 'SOLD_OUT') return code;
    }
    throw new Error('no answer');
  };
  const seedOf = async (id: string) =>
    (await service.query<Seed>(SEED, { id }, admin)).data!.template.redPacket;

  it(`gives ${DRAWS} who draw at once exactly its budget, the next nobody, and every draw is proved`, async () => {
    const { id } = await redPacket(DRAWS, '5000.37');
    const before = await seedOf(id);
    expect(before.seed).toBeNull();
    const crowd = Array.from({ length: DRAWS + 20 }, (_, i) => `lucky-${i}`);
    const got: string[] = [];
    const queue = crowd.values();
    const ask = async () => {
      for (const sub of queue) got.push(await draw(id, sub));
    };
    await Promise.all(Array.from({ length: 100 }, ask));
    const minor = got.filter((amount) => amount !== 'SOLD_OUT').map((x) => Math.round(+x * 100));
    expect(minor).toHaveLength(DRAWS);
    expect(minor.reduce((sum, amount) => sum + amount, 0)).toBe(BUDGET_MINOR);
    expect(await verifyDraws(world.stores.database, id)).toEqual({
      drawn: DRAWS,
      drawnMinor: BUDGET_MINOR,
      seedHash: before.seedHash,
      commitment: 'KEPT',
      violations: [],
    });
    await world.app.catalog.fresh(id);
    await expect.poll(async () => (await seedOf(id)).seed, { timeout: 5_000 }).not.toBeNull();
    expect((await seedOf(id)).seedHash).toBe(before.seedHash);
  }, 120_000);

  it('tells customers the hash of its seed, never the seed', async () => {
    const { id, seed } = await redPacket(3, '10.00');
    const token = await service.token({ sub: 'anna' });
    const shown = await service.query<Seed>(HASH, { id }, token);
    expect(shown.data!.template.redPacket.seedHash).toMatch(/^[0-9a-f]{64}$/);
    const refused = await service.query(SEED, { id }, token);
    expect(refused.errors[0]!.extensions.code).toBe('FORBIDDEN');
    const stop = { id, expectedVersion: null, reason: null };
    await service.app.moveTemplate.run(operator, 'STOP', stop);
    expect((await seedOf(id)).seed).toBe(seed);
  });

  it('is not proved with another seed, another amount, or without a commitment', async () => {
    const { database } = world.stores;
    const { id } = await redPacket(4, '20.00');
    await world.app.claimCoupon.run(callerOf('anna'), {
      templateId: id,
      idempotencyKey: 'k',
      channel: null,
      deviceId: null,
    });
    const change = (sql: string) => database.transaction((t) => t.change(sql, [id]));
    await change('UPDATE coupon SET face_value_minor = face_value_minor + 1 WHERE template_id = ?');
    expect((await verifyDraws(database, id))!.violations).toHaveLength(1);
    await change(`UPDATE template SET seed = REPEAT('0', 32) WHERE id = ?`);
    const swapped = await verifyDraws(database, id);
    expect(swapped!.commitment).toBe('BROKEN');
    expect(swapped!.violations[0]).toContain('the seed is not the one of');
    await change(`UPDATE audit SET details = '{}' WHERE action = 'ACTIVATED' AND subject_id = ?`);
    expect((await verifyDraws(database, id))!.commitment).toBe('NONE');
    expect(await verifyDraws(database, 'nothing')).toBeUndefined();
  });

  it('keeps the way its draws are made when an ACTIVE one of before is edited', async () => {
    const template = await redPacket(4, '20.00');
    const before = { ...template.rules.redPacket! } as { areDrawsMixed?: boolean };
    delete before.areDrawsMixed;
    const rules = JSON.stringify({ ...template.rules, redPacket: before });
    await world.stores.database.transaction((sql) =>
      sql.change('UPDATE template_version SET rules = ? WHERE template_id = ?', [
        rules,
        template.id,
      ]),
    );
    const input = {
      names: [{ language: 'en', name: 'Renamed' }],
      type: 'RED_PACKET' as const,
      currency: 'CNY',
      redPacket: { min: yuan('0.50'), max: yuan('88.00'), budget: yuan('20.00') },
      totalCount: 4,
      claimFrom: template.rules.claimFromMs,
      claimUntil: template.rules.claimUntilMs,
      validity: { days: 7, timeZone: 'Asia/Shanghai' },
    };
    const saved = await world.app.saveTemplate.update(
      operator,
      template.id,
      template.version,
      input,
    );
    expect(saved.ok && saved.value.rules.redPacket).toEqual(before);
  });
});
