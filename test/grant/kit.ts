/** A grant, and the job of grants run by hand as a worker runs it. */
import { expect } from 'vitest';
import type { Grant } from '../../src/grant/grant.types.js';
import { operator, type World } from '../kit/world.js';

export { listOf, startGrant, usersOf } from './start.js';

/** One run of the job; nobody else has its lease. */
export function runGrants(
  { app }: Pick<World, 'app'>,
  signal = new AbortController().signal,
): Promise<{ handled: number; lagMs: number }> {
  return app.runGrants.run({ database: app.database, signal });
}

export async function grantOf({ app }: Pick<World, 'app'>, id: string): Promise<Grant> {
  return (await app.readGrants.byId(operator, id))!;
}

/** Every user of the grant has as many of its coupons as the list says: one, or none. */
export async function expectEveryoneOnce(
  { app }: Pick<World, 'app'>,
  { id }: Pick<Grant, 'id'>,
): Promise<void> {
  const [row] = await app.database.rows(
    `SELECT COUNT(*) AS coupons, COUNT(DISTINCT c.user_id) AS users,
       (SELECT COUNT(*) FROM grant_member WHERE grant_id = ? AND state = 'GRANTED') AS members
     FROM coupon_origin o JOIN coupon c ON c.id = o.coupon_id WHERE o.origin_id = ?`,
    [id, id],
  );
  const { granted } = await grantOf({ app }, id);
  const counts = [row!['coupons'], row!['users'], row!['members']].map(Number);
  expect(counts).toEqual([granted, granted, granted]);
}
