/**
 * A group commit as one packet: what claim.store.ts does for reservations of which every one goes in.
 *
 * Nobody reads an answer between the statements, so each looks at what the one before changed: the guard
 * counts nothing unless every coupon went in, and the event has no id, which fails the packet, unless the
 * guard counted. Promise: a packet commits all of its reservations, counted and told, or nothing.
 */
import type { Coupon } from '../coupon/coupon.types.js';
import type { Statement } from '../storage/database.js';
import { CLAIM_SQL, claimedEvent, couponRow, guardValues } from './claim.store.js';
import { couponOf, type Reservation } from './claim.types.js';

export const PACKET_SQL = {
  insertCoupons: CLAIM_SQL.insertCoupons,
  guard: `${CLAIM_SQL.guard} AND ROW_COUNT() = ?`,
  outbox: `INSERT INTO outbox (id, type, subject_id, payload, created_at)
    VALUES (IF(ROW_COUNT() = 1, ?, NULL), ?, ?, ?, ?)`,
};

/**
 * @param groups reservations of one template and epoch each, in the order in which templates are locked
 * @returns undefined: some need more than a packet does
 */
export function packetOf(groups: readonly (readonly Reservation[])[]): Statement[] | undefined {
  return groups.flat().every(isPlain) ? groups.flatMap(statementsOf) : undefined;
}

/** It was not tried before, and no origin is to be counted. */
function isPlain({ mayExist, draft }: Reservation): boolean {
  return !mayExist && draft.via.kind === 'OPEN';
}

function statementsOf(reservations: readonly Reservation[]): Statement[] {
  const coupons = reservations.map(couponOf) as [Coupon, ...Coupon[]];
  const { length } = coupons;
  return [
    [PACKET_SQL.insertCoupons, [coupons.map(couponRow)]],
    [PACKET_SQL.guard, [...guardValues(reservations, length), length]],
    [PACKET_SQL.outbox, claimedEvent(coupons)],
  ];
}
