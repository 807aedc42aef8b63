/** A template that has issued many coupons: what a rebuild has to read. Nobody claimed them, so no history has them. */
import { makeCode } from '../../../src/coupon/rules/coupon-code.js';
import { insertReservations } from '../../../src/claim/claim.store.js';
import { OPEN, type Reservation } from '../../../src/claim/claim.types.js';
import { newId } from '../../../src/kernel/ids.js';
import { randomBytes } from 'node:crypto';
import { TestClock } from '../../kit/test-clock.js';
import { activeTemplate } from '../../kit/world.js';
import type { Stage } from './stage.js';

const BATCH = 500;
const DAY_MS = 86_400_000;

/** @returns its id; it is not among the stage's own, which the history checker counts */
export async function largeTemplate({ app, database }: Stage, coupons: number): Promise<string> {
  const { id } = await activeTemplate(
    { app, clock: new TestClock() },
    { totalCount: coupons + 100 },
  );
  for (let from = 1; from <= coupons; from += BATCH) {
    const count = Math.min(BATCH, coupons + 1 - from);
    await database.transaction(async (sql) => {
      // Workers warm it meanwhile, each time under a new epoch.
      const [row] = await sql.rows('SELECT epoch FROM template WHERE id = ? FOR UPDATE', [id]);
      const epoch = Number(row!['epoch']);
      const batch = Array.from({ length: count }, (_, i) => reservation(id, epoch, from + i));
      await insertReservations(sql, batch);
    });
  }
  return id;
}

/** The n-th, as the first claim of a user leaves it. */
function reservation(templateId: string, epoch: number, n: number): Reservation {
  const nowMs = Date.now();
  const couponId = newId(nowMs);
  return {
    draft: {
      couponId,
      templateId,
      templateVersion: 1,
      userId: `seeded-${n}`,
      claimKey: couponId.slice(4),
      claimFingerprint: couponId.slice(4),
      via: OPEN,
      channel: null,
      code: makeCode(randomBytes(14)),
      claimedAtMs: nowMs,
      validFromMs: nowMs,
      expiresAtMs: nowMs + DAY_MS,
    },
    tag: templateId,
    journalId: '',
    epoch,
    seq: n,
    slot: 1,
    drawNo: null,
    faceValueMinor: null,
    mayExist: false,
  };
}
