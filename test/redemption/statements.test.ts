/**
 * Every statement of the write path finds its rows by a unique index: whoever locks more than it needs
 * makes strangers wait, and deadlocks them.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SqlParameter } from '../../src/storage/database.js';
import { operator, orderService } from '../kit/seed.js';
import { done, held, HOLD_TTL_MS, newOrder, openWorld, type World } from './world.js';

/** The last event of a subject is only read, and from the end of its index. */
const UNIQUE = /^(PRIMARY|uk_\w+|ix_outbox_subject)$/;

describe.each([0, 60])('the statements of the write path, with %i other orders', (fillers) => {
  let world: World;
  const seen = new Map<string, readonly SqlParameter[]>();
  beforeAll(async () => {
    world = await openWorld();
    for (let i = 0; i < fillers; i += 1) await held(world, 2);
    const stop = world.stores.database.observe((sql, values) => seen.set(sql, values));
    await everyVerb(world);
    stop();
  });
  afterAll(() => world.stores.close());

  it('use a unique index, each of them', async () => {
    const found = [...seen].filter(([sql]) => /^\s*(SELECT|UPDATE|DELETE)/.test(sql));
    expect(found.length).toBeGreaterThan(12);
    const bad: string[] = [];
    for (const [sql, values] of found) {
      for (const row of await world.stores.database.rows(`EXPLAIN ${sql}`, values)) {
        const key = String(row['key']);
        const isScan = row['type'] === 'ALL' || row['type'] === 'index';
        const isOwn = String(row['table']).startsWith('<derived');
        const isGone = /Impossible WHERE|No tables used/.test(String(row['Extra']));
        if (!isGone && !isOwn && (isScan || !UNIQUE.test(key)))
          bad.push(`${row['type']} ${key}: ${sql}`);
      }
    }
    expect(bad).toEqual([]);
  });

  it('change rows only by their key together with the version and the status they expect', () => {
    const updates = [...seen.keys()].filter((sql) => /^\s*UPDATE (coupon|redemption) /.test(sql));
    expect(updates).toHaveLength(2);
    for (const sql of updates)
      expect(sql).toMatch(/WHERE id = \? AND version = \? AND status = \?$/);
  });

  it('find overdue holds by the index of the job', async () => {
    const { REDEMPTION_SQL } = await import('../../src/redemption/redemption.store.js');
    const moment = '2026-01-01 00:00:00.000';
    const values = [moment, moment, moment, '', 10];
    const [row] = await world.stores.database.rows(`EXPLAIN ${REDEMPTION_SQL.overdue}`, values);
    expect(row!['key']).toBe('ix_redemption_hold');
    expect(String(row!['Extra'])).not.toContain('filesort');
  });
});

async function everyVerb(world: World): Promise<void> {
  const { orderId, couponIds, quote } = await held(world, 3);
  const hold = (order: string, quoteId: string) =>
    world.hold.run(orderService, { orderId: order, quoteId });
  const replaced = done(await hold(orderId, (await world.newQuote(couponIds.slice(1))).id));
  await hold(newOrder(), quote.id);
  await world.forward(HOLD_TTL_MS);
  await world.transactions.endOverdueHold(replaced.redemption.id);
  done(await world.confirm.run(orderService, orderId));
  const refund = { orderId, reason: null };
  const some = [{ lineId: 'l1', quantity: 1 }];
  done(await world.refund.run(orderService, { ...refund, lines: some, idempotencyKey: 'a' }));
  done(await world.refund.run(orderService, { ...refund, lines: null, idempotencyKey: 'b' }));
  const other = await held(world);
  done(await world.release.run(orderService, { orderId: other.orderId, reason: null }));
  await hold(other.orderId, 'no-such-quote');
  await world.read.liveQuoteOf(orderId);
  const id = await world.newCoupon();
  done(await world.change.run(operator, 'FREEZE', { id, reason: 'r' }));
  done(await world.change.run(operator, 'REVOKE', { id, reason: 'r' }));
}
