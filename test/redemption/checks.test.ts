/** The verifier finds every kind of damage, each by the check that is there for it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redemptionChecks } from '../../src/upkeep/checks/redemption-checks.js';
import { operator, orderService } from '../kit/seed.js';
import { done, held, HOLD_TTL_MS, newOrder, openWorld, type World } from './world.js';

interface Ids {
  readonly held: string;
  readonly heldCoupon: string;
  readonly used: string;
  readonly usedCoupon: string;
  readonly part: string;
  readonly refunded: string;
  readonly released: string;
  readonly freeCoupon: string;
}

/** What is damaged, by which statement, and which check must say so. */
const DAMAGES: readonly (readonly [string, (ids: Ids) => string, string])[] = [
  [
    'a coupon freed under its hold',
    (is) => `UPDATE coupon SET status = 'UNUSED' WHERE id = '${is.heldCoupon}'`,
    'coupons agree with their redemptions',
  ],
  [
    'a coupon used without a redemption',
    (is) => `UPDATE coupon SET status = 'USED', used_at = claimed_at WHERE id = '${is.freeCoupon}'`,
    'coupons agree with their redemptions',
  ],
  [
    'a coupon that is held for another order',
    (is) => `UPDATE coupon SET order_id = 'other' WHERE id = '${is.heldCoupon}'`,
    'coupons agree with their redemptions',
  ],
  [
    'a coupon that took off another amount than its redemption says',
    (is) => `UPDATE coupon SET discount_minor = 1 WHERE id = '${is.usedCoupon}'`,
    'coupons agree with their redemptions',
  ],
  [
    'a coupon whose hold ends at another time',
    (is) => `UPDATE coupon SET held_until = claimed_at WHERE id = '${is.heldCoupon}'`,
    'coupons agree with their redemptions',
  ],
  [
    'a confirmed redemption whose coupon does not know',
    (is) => `UPDATE redemption_coupon SET live_coupon_id = NULL WHERE redemption_id = '${is.used}'`,
    'redemptions agree with their coupons',
  ],
  [
    'a released redemption that keeps its coupon from others',
    (is) =>
      `UPDATE redemption_coupon SET live_coupon_id = coupon_id WHERE redemption_id = '${is.released}'`,
    'redemptions agree with their coupons',
  ],
  [
    'a coupon of somebody else',
    (is) => `UPDATE coupon SET user_id = 'bert' WHERE id = '${is.usedCoupon}'`,
    'redemptions agree with their coupons',
  ],
  [
    'a live redemption that does not stand for its order',
    (is) => `UPDATE redemption SET live_order_id = NULL WHERE id = '${is.used}'`,
    'orders have one live redemption',
  ],
  [
    'a released redemption that stands for its order',
    (is) => `UPDATE redemption SET live_order_id = 'stray' WHERE id = '${is.released}'`,
    'orders have one live redemption',
  ],
  [
    'a redemption that is missing before another of its order',
    (is) => `UPDATE redemption SET attempt = 3 WHERE id = '${is.held}'`,
    'orders have one live redemption',
  ],
  [
    'a hold without an end',
    (is) => `UPDATE redemption SET held_until = NULL WHERE id = '${is.held}'`,
    'orders have one live redemption',
  ],
  [
    'a discount that its lines do not give',
    (is) =>
      `UPDATE redemption_line SET discount_minor = discount_minor + 1 WHERE redemption_id = '${is.held}' AND position = 0`,
    'discounts add up',
  ],
  [
    'a line discounted below nothing',
    (is) =>
      `UPDATE redemption_line SET subtotal_minor = 0 WHERE redemption_id = '${is.held}' AND position = 0`,
    'discounts add up',
  ],
  [
    'a negative share that another makes up for',
    (is) =>
      `UPDATE redemption_share SET discount_minor = discount_minor + IF(line_position = 0, -5000, 5000)
       WHERE redemption_id = '${is.held}' AND coupon_position = 0`,
    'discounts add up',
  ],
  [
    'a share moved from one coupon to another',
    (is) =>
      `UPDATE redemption_share SET discount_minor = discount_minor + IF(coupon_position = 0, -1, 1)
       WHERE redemption_id = '${is.held}' AND line_position = 0`,
    'coupons take their shares',
  ],
  [
    'a share moved from one line to another',
    (is) =>
      `UPDATE redemption_share SET discount_minor = discount_minor + IF(line_position = 0, -1, 1)
       WHERE redemption_id = '${is.held}' AND coupon_position = 0`,
    'lines take their shares',
  ],
  [
    'a refund that took the share of another unit',
    (is) =>
      `UPDATE redemption_line SET refunded_minor = refunded_minor - 1 WHERE redemption_id = '${is.part}' AND position = 0`,
    'refunds take the shares of their units',
  ],
  [
    'more units refunded than ordered',
    (is) =>
      `UPDATE redemption_line SET refunded_quantity = quantity + 1 WHERE redemption_id = '${is.refunded}' AND position = 0`,
    'refunds take the shares of their units',
  ],
  [
    'more refunded than was taken back of the lines',
    (is) => `UPDATE redemption SET refunded_minor = refunded_minor + 1 WHERE id = '${is.part}'`,
    'refunds add up',
  ],
  [
    'a refund without its record',
    (is) => `DELETE FROM refund WHERE redemption_id = '${is.part}'`,
    'refunds add up',
  ],
  [
    'a redemption called refunded before its last unit',
    (is) => `UPDATE redemption SET status = 'REFUNDED' WHERE id = '${is.part}'`,
    'refunds add up',
  ],
  [
    'a discount that the quote did not promise',
    (is) => `UPDATE redemption SET discount_minor = 7 WHERE id = '${is.held}'`,
    'redemptions honour their quotes',
  ],
  [
    'the snapshot of another quote',
    (is) => `UPDATE redemption SET quote_id = 'other' WHERE id = '${is.held}'`,
    'redemptions honour their quotes',
  ],
  [
    'a coupon changed without an entry',
    (is) => `UPDATE coupon SET version = version + 1 WHERE id = '${is.freeCoupon}'`,
    'the audit of every coupon is whole',
  ],
  [
    'a coupon in another state than its last entry says',
    (is) => `UPDATE coupon SET status = 'REVOKED' WHERE id = '${is.freeCoupon}'`,
    'the audit of every coupon is whole',
  ],
  [
    'an entry that is gone from the middle',
    (is) => `DELETE FROM audit WHERE subject_id = '${is.usedCoupon}' AND seq = 2`,
    'the audit of every coupon is whole',
  ],
  [
    'a redemption without its first entry',
    (is) => `DELETE FROM audit WHERE subject_id = '${is.held}' AND seq = 1`,
    'the audit of every redemption is whole',
  ],
  [
    'a redemption in another state than its last entry says',
    (is) => `UPDATE audit SET to_status = 'RELEASED' WHERE subject_id = '${is.used}' AND seq = 2`,
    'the audit of every redemption is whole',
  ],
  [
    'an entry that does not begin where the last one ended',
    (is) =>
      `UPDATE audit SET from_status = 'FROZEN' WHERE subject_id = '${is.usedCoupon}' AND seq = 3`,
    'every step of a coupon is legal',
  ],
  [
    'a step that the table does not have',
    (is) =>
      `UPDATE audit SET from_status = IF(seq = 3, 'FROZEN', from_status),
         to_status = IF(seq = 2, 'FROZEN', to_status) WHERE subject_id = '${is.usedCoupon}'`,
    'every step of a coupon is legal',
  ],
  [
    'a redemption that was never held',
    (is) => `UPDATE audit SET to_status = 'CONFIRMED' WHERE subject_id = '${is.used}' AND seq = 1`,
    'every step of a redemption is legal',
  ],
  [
    'entries of a coupon that is gone',
    (is) => `DELETE FROM coupon WHERE id = '${is.usedCoupon}'`,
    'no audit entry is without its coupon',
  ],
  [
    'entries of a redemption that is gone',
    (is) => `DELETE FROM redemption WHERE id = '${is.released}'`,
    'no audit entry is without its redemption',
  ],
  [
    'a change without its event',
    (is) => `DELETE FROM outbox WHERE subject_id = '${is.usedCoupon}' LIMIT 1`,
    'every change has its event',
  ],
  [
    'an event of another change',
    (is) => `UPDATE outbox SET type = 'coupon.other' WHERE subject_id = '${is.usedCoupon}' LIMIT 1`,
    'every change has its event',
  ],
];

describe('the checks of redemptions', () => {
  let world: World;
  let ids: Ids;
  beforeAll(async () => {
    world = await openWorld();
    ids = await everyState(world);
  });
  afterAll(() => world.stores.close());

  it('find nothing where nothing is wrong', async () => {
    expect(await world.verify()).toEqual([]);
  });

  it.each(DAMAGES)('find %s', async (_, damage, checkName) => {
    const check = redemptionChecks.find(({ name }) => name === checkName)!;
    const lines = await afterDamage(world, damage(ids), (source) =>
      check.run(source, world.clock.nowMs()),
    );
    expect(lines.length).toBeGreaterThan(0);
    expect(await world.verify()).toEqual([]);
  });

  it('each have a damage that they are there for', () => {
    const proved = new Set(DAMAGES.map(([, , name]) => name));
    expect(redemptionChecks.map(({ name }) => name).filter((name) => !proved.has(name))).toEqual(
      [],
    );
  });

  it('name at most twenty', async () => {
    const check = redemptionChecks.find(({ name }) => name === 'every change has its event')!;
    const lines = await afterDamage(world, 'DELETE FROM outbox', (source) =>
      check.run(source, world.clock.nowMs()),
    );
    expect(lines).toHaveLength(20);
  });

  it('walk through more subjects than one page has', async () => {
    const { pagedCheck } = await import('../../src/upkeep/checks/paged-check.js');
    const all = pagedCheck({
      name: 'all',
      promise: '',
      table: 'coupon',
      key: 'id',
      pageSubjects: 3,
      sql: (inPage) => `SELECT id AS line FROM coupon WHERE ${inPage('id')}`,
    });
    const lines = await all.run(world.stores.database, world.clock.nowMs());
    const [row] = await world.stores.database.rows('SELECT COUNT(*) AS n FROM coupon');
    expect(new Set(lines).size).toBe(Number(row!['n']));
  });
});

/** One of every state that a coupon and a redemption can be in. */
async function everyState(world: World): Promise<Ids> {
  const refund = (orderId: string, lines: { lineId: string; quantity: number }[] | null) =>
    world.refund.run(orderService, { orderId, lines, reason: null, idempotencyKey: 'k' });
  const confirmed = async () => {
    const order = await held(world, 2);
    done(await world.confirm.run(orderService, order.orderId));
    return order;
  };
  const expired = await held(world);
  await world.forward(HOLD_TTL_MS);
  await world.expire();
  done(await world.confirm.run(orderService, expired.orderId));
  const [used, part, refunded] = [await confirmed(), await confirmed(), await confirmed()];
  done(await refund(part.orderId, [{ lineId: 'l1', quantity: 1 }]));
  done(await refund(refunded.orderId, null));
  const released = await held(world);
  done(await world.release.run(orderService, { orderId: released.orderId, reason: null }));
  const frozen = await world.newCoupon();
  done(await world.change.run(operator, 'FREEZE', { id: frozen, reason: 'r' }));
  const holding = await held(world, 2);
  const lapsed = await world.newQuote([await world.newCoupon()]);
  done(await world.hold.run(orderService, { orderId: newOrder(), quoteId: lapsed.id }));
  return {
    held: holding.redemption.id,
    heldCoupon: holding.couponIds[0]!,
    used: used.redemption.id,
    usedCoupon: used.couponIds[0]!,
    part: part.redemption.id,
    refunded: refunded.redemption.id,
    released: released.redemption.id,
    freeCoupon: await world.newCoupon(),
  };
}

/** Looks at the damage from inside its transaction, which never ends. */
async function afterDamage<T>(
  world: World,
  damage: string,
  look: (source: { rows: World['stores']['database']['rows'] }) => Promise<T>,
): Promise<T> {
  let seen: T | undefined;
  const undone = new Error('undone');
  await world.stores.database
    .transaction(async (sql) => {
      expect(await sql.change(damage)).toBeGreaterThan(0);
      seen = await look({ rows: (text, values) => sql.rows(text, values) });
      throw undone;
    })
    .catch((error: unknown) => {
      if (error !== undone) throw error;
    });
  return seen!;
}
