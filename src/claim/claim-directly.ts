/**
 * A claim over MySQL alone, while Redis cannot be asked. Slower, with the same promises.
 *
 * Every direct claim raises the template's epoch, also one that is refused: whatever Redis reserved
 * before, perhaps for this very claim, can no longer be committed, and Redis is not believed again until
 * it was rebuilt. The raised row stays locked, so stock, slots and draws stand still until the commit.
 */
import { readCouponByClaim } from '../coupon/coupon.store.js';
import type { Coupon } from '../coupon/coupon.types.js';
import { rejection } from '../kernel/rejection.js';
import { ok, rejected, type Result } from '../kernel/result.js';
import { reached } from '../storage/steps.js';
import { duplicateKeyName, isDuplicateKey } from '../storage/database-errors.js';
import type { Database, Sql } from '../storage/database.js';
import type { Template } from '../template/template.types.js';
import { admitWays } from './admit-ways.js';
import { CLAIM_SQL, couponRow, recordClaims } from './claim.store.js';
import { couponOf, type ClaimDraft } from './claim.types.js';
import { faceValueOf } from './rules/draw-amount.js';
import { pickDraw, pickSlot } from './rules/pick-slot.js';

export interface Claimed {
  readonly coupon: Coupon;
  readonly replayed: boolean;
}

/** A slot, a draw or a key that another claim took in the same moment: tried again. */
const COLLISION_TRIES_MAX = 3;

/** It was never in Redis. */
const UNJOURNALED = { tag: '', journalId: '', epoch: 0, seq: 0, mayExist: false };

/**
 * @param onClosed told where a gate may have been open until now
 * @throws DatabaseUnavailable · OutcomeUnknown
 */
export async function claimDirectly(
  database: Database,
  template: Template,
  draft: ClaimDraft,
  onClosed: () => void = () => undefined,
): Promise<Result<Claimed>> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await database.transaction((sql) => attempt(sql, template, draft, onClosed));
    } catch (error) {
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

async function attempt(
  sql: Sql,
  template: Template,
  draft: ClaimDraft,
  onClosed: () => void,
): Promise<Result<Claimed>> {
  const earlier = await readCouponByClaim(sql, draft.userId, draft.claimKey);
  if (earlier !== undefined) return ok({ coupon: earlier, replayed: true });
  await sql.change(CLAIM_SQL.raiseEpoch, [draft.templateId]);
  reached('direct:epoch-raised');
  const [stock] = await sql.rows(CLAIM_SQL.stockOf, [draft.templateId]);
  if (Number(stock?.['rebuilt_epoch']) === Number(stock?.['epoch']) - 1) onClosed();
  if (stock?.['status'] !== 'ACTIVE') return rejected(rejection('CLAIM_CLOSED'));
  const isLeft =
    stock['total_count'] === null || Number(stock['issued']) < Number(stock['total_count']);
  const taken = await sql.rows(CLAIM_SQL.slots, [draft.templateId, draft.userId]);
  const slot = pickSlot(
    taken.map((row) => Number(row['slot'])),
    template.rules.perUserLimit,
  );
  if (slot === undefined) return rejected(rejection('USER_LIMIT_REACHED'));
  if (!isLeft) return rejected(rejection('SOLD_OUT'));
  const draw = await drawFor(sql, template);
  const coupon = couponOf({ draft, slot, ...draw, ...UNJOURNALED });
  await sql.change(CLAIM_SQL.insertCoupon, couponRow(coupon));
  const refusal = (await admitWays(sql, [draft], false)).get(draft.couponId);
  if (refusal !== undefined) {
    await sql.change(CLAIM_SQL.takeBack(1), [draft.couponId]);
    return rejected(rejection(refusal));
  }
  await sql.change(CLAIM_SQL.issueOne, [draft.templateId]);
  await recordClaims(sql, [coupon]);
  reached('direct:inserted');
  return ok({ coupon, replayed: false });
}

async function drawFor(sql: Sql, template: Template) {
  const { redPacket, totalCount } = template.rules;
  if (redPacket === null || totalCount === null) return { drawNo: null, faceValueMinor: null };
  const used = await sql.rows(CLAIM_SQL.draws, [template.id]);
  const drawNo = pickDraw(new Set(used.map((row) => Number(row['draw_no']))), totalCount);
  if (drawNo === undefined) throw new Error(`template ${template.id} has stock left and no draw`);
  return { drawNo, faceValueMinor: faceValueOf(template, drawNo) };
}
