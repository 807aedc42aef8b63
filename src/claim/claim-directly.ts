/**
 * A claim over MySQL alone, while Redis cannot be asked. Slower, with the same promises.
 *
 * Every direct claim raises the template's epoch with its own counter: whatever Redis reserved before
 * can no longer be committed, and Redis is not believed again until it was rebuilt.
 */
import { readCouponByClaim } from '../coupon/coupon.store.js';
import type { Coupon } from '../coupon/coupon.types.js';
import { rejection } from '../kernel/rejection.js';
import { ok, rejected, type Result } from '../kernel/result.js';
import { duplicateKeyName, isDuplicateKey } from '../storage/database-errors.js';
import type { Database, Sql } from '../storage/database.js';
import type { Template } from '../template/template.types.js';
import { CLAIM_SQL, couponRow, recordClaims } from './claim.store.js';
import { couponOf, type ClaimDraft } from './claim.types.js';
import { drawAmount } from './rules/draw-amount.js';
import { pickDraw, pickSlot } from './rules/pick-slot.js';

export interface Claimed {
  readonly coupon: Coupon;
  readonly replayed: boolean;
}

/** Thrown inside the transaction so that it rolls back; the answer is the refusal. */
class Refused extends Error {
  constructor(readonly refusal: 'SOLD_OUT' | 'USER_LIMIT_REACHED') {
    super(refusal);
  }
}

/** A slot, a draw or a key that another claim took in the same moment: tried again. */
const COLLISION_TRIES_MAX = 3;

/** @throws DatabaseUnavailable · OutcomeUnknown */
export async function claimDirectly(
  database: Database,
  template: Template,
  draft: ClaimDraft,
): Promise<Result<Claimed>> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await database.transaction((sql) => attempt(sql, template, draft));
    } catch (error) {
      if (error instanceof Refused) return rejected(rejection(error.refusal));
      const isCollision = isDuplicateKey(error) && tries < COLLISION_TRIES_MAX;
      if (!isCollision) throw error;
      const isOwnKey = duplicateKeyName(error) === 'uk_coupon_claim';
      if (isOwnKey) {
        const coupon = await readCouponByClaim(database, draft.userId, draft.claimKey);
        if (coupon !== undefined) return ok({ coupon, replayed: true });
      }
    }
  }
}

async function attempt(sql: Sql, template: Template, draft: ClaimDraft): Promise<Result<Claimed>> {
  const earlier = await readCouponByClaim(sql, draft.userId, draft.claimKey);
  if (earlier !== undefined) return ok({ coupon: earlier, replayed: true });
  // The guard locks the template's row, so slots and draws stand still until the commit.
  if ((await sql.change(CLAIM_SQL.directGuard, [draft.templateId])) !== 1)
    throw new Refused('SOLD_OUT');
  const taken = await sql.rows(CLAIM_SQL.slots, [draft.templateId, draft.userId]);
  const slot = pickSlot(
    taken.map((row) => Number(row['slot'])),
    template.rules.perUserLimit,
  );
  if (slot === undefined) throw new Refused('USER_LIMIT_REACHED');
  const draw = await drawFor(sql, template);
  const coupon = couponOf({ draft, slot, ...draw, journalId: '', epoch: 0, mayExist: false });
  await sql.change(CLAIM_SQL.insertCoupon, couponRow(coupon));
  await recordClaims(sql, [coupon]);
  return ok({ coupon, replayed: false });
}

async function drawFor(sql: Sql, template: Template) {
  const { redPacket, totalCount } = template.rules;
  if (redPacket === null || totalCount === null) return { drawNo: null, faceValueMinor: null };
  const used = await sql.rows(CLAIM_SQL.draws, [template.id]);
  const drawNo = pickDraw(new Set(used.map((row) => Number(row['draw_no']))), totalCount);
  if (drawNo === undefined) throw new Refused('SOLD_OUT');
  return { drawNo, faceValueMinor: drawAmount(redPacket, totalCount, template.seed, drawNo) };
}
