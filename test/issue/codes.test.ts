/** Batches of codes and claiming with them, on real stores. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../src/kernel/caller.js';
import { newId } from '../../src/kernel/ids.js';
import { codesOf, makeBatch } from '../kit/batch.js';
import { openStores, type Stores } from '../kit/stores.js';
import {
  activeTemplate,
  callerOf,
  openWorld,
  operator,
  rulesInput,
  type World,
} from '../kit/world.js';

describe('codes', () => {
  let stores: Stores;
  let world: World;
  beforeAll(async () => {
    stores = await openStores();
    world = await openWorld(stores);
  });
  afterAll(async () => {
    await world.close();
    await stores.close();
  });

  const byCode = (more: object = {}) =>
    activeTemplate(world, { claimMethod: 'CODE', totalCount: 100, perUserLimit: 5, ...more });
  let keys = 0;
  const claim = async (
    user: string,
    code: string,
    idempotencyKey = `key-${(keys += 1)}`,
    app = world.app,
  ) => {
    const request = { code, idempotencyKey, channel: null, deviceId: null };
    const result = await app.codes.claim.run(callerOf(user), request);
    if (!result.ok) return result.rejection.code;
    return result.value.replayed ? 'REPLAYED' : 'CLAIMED';
  };
  const generate = async (input: object, caller: Caller = operator) => {
    const request = { templateId: '', count: 1, idempotencyKey: `g-${(keys += 1)}`, ...input };
    const result = await world.app.codes.generate.run(caller, request);
    return result.ok ? result.value : result.rejection.code;
  };
  const soundly = async () => expect((await world.verify()).violations).toEqual([]);

  it('are claimed once each, typed as people type', async () => {
    const { id } = await byCode();
    const batch = await makeBatch(world, id, 3, { prefix: 'summer' });
    const [first, second, third] = (await codesOf(world, batch)) as [string, string, string];
    expect(first).toMatch(/^SUMMER-[0-9A-Z]{4}-[0-9A-Z]{5}-[0-9A-Z]{6}-[0-9A-Z]{6}$/);
    expect(await claim('anna', first)).toBe('CLAIMED');
    expect(await claim('anna', second.toLowerCase().replaceAll('-', ' '))).toBe('CLAIMED');
    expect(await claim('bea', third.replaceAll('-', '').replaceAll('0', 'o'))).toBe('CLAIMED');
    for (const user of ['anna', 'bea']) expect(await claim(user, first)).toBe('CODE_INVALID');
    const read = await world.app.codes.read.byId(operator, batch.id);
    expect(read).toMatchObject({ issued: 3, total: 3, batchNo: batch.batchNo });
    const nodes = await world.app.codes.read.codes(batch, 0, 10);
    expect(nodes.map(({ claimedBy }) => claimedBy)).toEqual(['anna', 'anna', 'bea']);
    await soundly();
  });

  it('give a coupon with a code of its own, which is no code to claim with', async () => {
    const { id } = await byCode();
    const [code] = await codesOf(world, await makeBatch(world, id, 1));
    await claim('cleo', code!);
    const [row] = await stores.database.rows('SELECT code FROM coupon WHERE user_id = ?', ['cleo']);
    expect(row!['code']).toMatch(/^[0-9A-Z]{16}$/);
    expect(await claim('dora', String(row!['code']))).toBe('CODE_INVALID');
  });

  it('have the first answer when a key comes again, also once they are used or stopped', async () => {
    const { id } = await byCode();
    const batch = await makeBatch(world, id, 2);
    const [first, second] = (await codesOf(world, batch)) as [string, string];
    expect(await claim('emma', first, 'k')).toBe('CLAIMED');
    expect(await claim('emma', first, 'k')).toBe('REPLAYED');
    expect(await claim('emma', first.toLowerCase(), 'k')).toBe('REPLAYED');
    expect(await claim('emma', second, 'k')).toBe('IDEMPOTENCY_CONFLICT');
    const stopped = await world.app.codes.stop.run(operator, { id: batch.id, reason: 'leaked' });
    expect(stopped).toMatchObject({ ok: true, value: { status: 'STOPPED', version: 2 } });
    await expect.poll(() => claim('emma', second)).toBe('CODE_INVALID');
    expect(await claim('emma', first, 'k')).toBe('REPLAYED');
    expect(await world.app.codes.stop.run(operator, { id: batch.id, reason: 'x' })).toMatchObject({
      rejection: { code: 'ILLEGAL_TRANSITION' },
    });
    const audit = await stores.database.rows(
      'SELECT action, actor, to_status FROM audit WHERE subject_id = ? ORDER BY seq',
      [batch.id],
    );
    expect(audit).toEqual([
      { action: 'GENERATED', actor: 'olga', to_status: 'DONE' },
      { action: 'STOPPED', actor: 'olga', to_status: 'STOPPED' },
    ]);
    await soundly();
  });

  it('go to one of a hundred people who have the same', async () => {
    const { id } = await byCode();
    const [code] = await codesOf(world, await makeBatch(world, id, 1));
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => claim(`one-${i}`, code!)),
    );
    expect(answers.filter((answer) => answer === 'CLAIMED')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'CODE_INVALID')).toHaveLength(99);
    await soundly();
  });

  it.each([null, 10])(
    'of many people go to exactly as many as they are for (total of the template: %s)',
    async (totalCount) => {
      const { id } = await byCode({ totalCount, perUserLimit: 1 });
      const vanityCode = `Welcome${totalCount ?? 'All'}`;
      const batch = await makeBatch(world, id, 10, { vanityCode });
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, i) =>
          claim(`many-${i}`, 'welcome '.concat(vanityCode.slice(7))),
        ),
      );
      expect(answers.filter((answer) => answer === 'CLAIMED')).toHaveLength(10);
      const [row] = await stores.database.rows('SELECT issued FROM batch WHERE id = ?', [batch.id]);
      expect(row!['issued']).toBe(10);
      expect((await world.app.codes.read.codes(batch, 0, 5)).map(({ code }) => code)).toEqual([
        vanityCode.toUpperCase(),
      ]);
      await soundly();
    },
  );

  it('of many people are used once by each, as the limit of the template says', async () => {
    const { id } = await byCode({ perUserLimit: 1 });
    await makeBatch(world, id, 10, { vanityCode: 'HELLO7' });
    expect([await claim('finn', 'hello7'), await claim('finn', 'HE110 7')]).toEqual([
      'CLAIMED',
      'USER_LIMIT_REACHED',
    ]);
  });

  it('of many people belong to one batch, however they are written', async () => {
    const { id } = await byCode();
    await makeBatch(world, id, 5, { vanityCode: 'LOLLI' });
    expect(await generate({ templateId: id, vanityCode: '1o11-i' })).toBe('VANITY_CODE_TAKEN');
  });

  it('are never more in all batches than the template has, however many operators ask at once', async () => {
    const { id } = await byCode({ totalCount: 100 });
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => generate({ templateId: id, count: 9 })),
    );
    expect(answers.filter((answer) => answer === 'SOLD_OUT')).toHaveLength(1);
    expect(await generate({ templateId: id, count: 2 })).toBe('SOLD_OUT');
    expect(await generate({ templateId: id, count: 1 })).toMatchObject({ total: 1 });
    await soundly();
  });

  it('are made once for a key, and another input with it is a conflict', async () => {
    const { id } = await byCode();
    const input = { templateId: id, count: 7, idempotencyKey: 'again' };
    const all = await Promise.all(Array.from({ length: 5 }, () => generate(input)));
    expect(new Set(all.map((one) => (one as { id: string }).id)).size).toBe(1);
    expect(await generate({ ...input, count: 8 })).toBe('IDEMPOTENCY_CONFLICT');
    expect(await generate(input, callerOf('otto', ['coupons:admin']))).toMatchObject({ total: 7 });
    const [row] = await stores.database.rows('SELECT code_count AS n FROM template WHERE id = ?', [
      id,
    ]);
    expect(row!['n']).toBe(14);
  });

  it('are made for active templates that are claimed by code', async () => {
    const draft = await world.app.saveTemplate.create(
      operator,
      rulesInput(world.clock.nowMs(), { claimMethod: 'CODE' }),
    );
    const open = await activeTemplate(world);
    const later = await byCode({ claimFrom: world.clock.nowMs() + 3_600_000 });
    expect(await generate({ templateId: newId(1) })).toBe('TEMPLATE_NOT_FOUND');
    expect(await generate({ templateId: draft.ok ? draft.value.id : '' })).toBe(
      'TEMPLATE_NOT_ACTIVE',
    );
    expect(await generate({ templateId: open.id })).toBe('NOT_TARGETED');
    const batch = await makeBatch(world, later.id, 1);
    const [code] = await codesOf(world, batch);
    expect(await claim('gina', code!)).toBe('CLAIM_NOT_OPEN');
  });

  it.each([
    [{ count: 0 }, 'input.count'],
    [{ count: 10_000_001 }, 'input.count'],
    [{ prefix: 'TOOLONGAPREFIX' }, 'input.prefix'],
    [{ prefix: 'Ä' }, 'input.prefix'],
    [{ vanityCode: 'abc' }, 'input.vanityCode'],
    [{ vanityCode: 'A'.repeat(16) }, 'input.vanityCode'],
    [{ vanityCode: 'GOOD1', prefix: 'X' }, 'input.prefix'],
    [{ idempotencyKey: '' }, 'input.idempotencyKey'],
  ])('of %j are malformed input', async (input, field) => {
    await expect(generate({ templateId: newId(1), ...input })).rejects.toThrow(field);
  });

  it('of a batch that is stopped under load end there: what was answered stays, nothing comes after', async () => {
    const { id } = await byCode({ totalCount: 120, perUserLimit: 1 });
    const batch = await makeBatch(world, id, 120);
    const waiting = [...(await codesOf(world, batch)).entries()];
    const claimed: boolean[] = [];
    const afterStop: string[] = [];
    let isStopped = false;
    /** Retryable answers are asked for again with the same key, as a customer does. */
    const settle = async (i: number, code: string): Promise<string> => {
      for (;;) {
        const answer = await claim(`load-${i}`, code, `load-${i}`);
        if (!['UNAVAILABLE', 'OUTCOME_UNKNOWN', 'OVERLOADED'].includes(answer)) return answer;
      }
    };
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const wasStopped = isStopped;
        const answer = await settle(...next);
        if (answer !== 'CODE_INVALID') claimed.push(true);
        if (wasStopped) afterStop.push(answer);
      }
    };
    const workers = Array.from({ length: 6 }, work);
    await expect.poll(() => claimed.length, { timeout: 20_000 }).toBeGreaterThan(15);
    const stopped = await world.app.codes.stop.run(operator, { id: batch.id, reason: 'leaked' });
    isStopped = true;
    await Promise.all(workers);
    expect(stopped).toMatchObject({ ok: true, value: { issued: claimed.length } });
    expect(new Set(afterStop).size).toBeLessThanOrEqual(1);
    await soundly();
  });

  it('count as used while their coupon is, and not after its refund', async () => {
    const { id } = await byCode({
      type: 'DIRECT_CUT',
      tiers: null,
      amount: { amount: '5', currency: 'CNY' },
    });
    const batch = await makeBatch(world, id, 2);
    const codes = await codesOf(world, batch);
    for (const code of codes) await claim('hans', code);
    const buyer = callerOf('hans', ['coupons:redeem']);
    const line = { lineId: 'l', productId: 'p', categoryIds: [], quantity: 1 };
    const { quote } = await world.app.quoteDiscount.run(buyer, {
      currency: 'CNY',
      lines: [{ ...line, unitPrice: { amount: '100', currency: 'CNY' } }],
      couponIds: null,
      orderId: null,
      userId: null,
      atMs: null,
    });
    const order = { orderId: 'order-of-hans' };
    const done = await world.app.redemptions.redeem.run(buyer, { ...order, quoteId: quote.id });
    expect(done.ok).toBe(true);
    const used = quote.applied.length;
    expect(used).toBeGreaterThan(0);
    expect(await world.app.codes.read.used(batch)).toBe(used);
    await soundly();
    await world.app.redemptions.refund.run(buyer, {
      ...order,
      lines: null,
      reason: null,
      idempotencyKey: 'r',
    });
    expect(await world.app.codes.read.used(batch)).toBe(0);
    await soundly();
  });

  it('are seen by verify where somebody changed what they count', async () => {
    const { id } = await byCode();
    const batch = await makeBatch(world, id, 3);
    const [code] = await codesOf(world, batch);
    await claim('ida', code!);
    await soundly();
    for (const [harm, heal] of [
      ['UPDATE batch SET issued = issued + 1', 'UPDATE batch SET issued = issued - 1'],
      ['UPDATE batch SET total = total + 1', 'UPDATE batch SET total = total - 1'],
      ["UPDATE batch SET status = 'STOPPED'", "UPDATE batch SET status = 'DONE'"],
    ]) {
      const run = (sql: string) =>
        stores.database.transaction((on) => on.change(`${sql} WHERE id = ?`, [batch.id]));
      await run(harm!);
      const { violations } = await world.verify();
      expect(violations.length, harm).toBeGreaterThan(0);
      for (const line of violations) expect(line).toMatch(new RegExp(`${batch.id}|${id}`));
      await run(heal!);
    }
    await soundly();
  });
});
