import { defineEntity } from '@mikro-orm/core';
import { code, count, externalId, hash, id, minor, moment, word } from './columns.js';

/**
 * One coupon in one wallet. The row is also the audit entry of its own claim (version 1).
 *
 * Unique keys are the last guards: (template, user, slot) is the per-user limit, (user, claim key) the
 * idempotency of claims, (template, draw) a red packet's draw. They are never enforced by a count.
 */
export const CouponTable = defineEntity({
  name: 'Coupon',
  tableName: 'coupon',
  properties: {
    id: id().primary(),
    templateId: id(),
    templateVersion: count(),
    userId: externalId(),
    slot: count(),
    status: word(),
    version: count(),
    code: code(),
    claimKey: hash(),
    claimFingerprint: hash(),
    channel: externalId().nullable(),
    batchId: id().nullable(),
    faceValueMinor: minor().nullable(),
    drawNo: count().nullable(),
    claimedAt: moment(),
    validFrom: moment(),
    expiresAt: moment(),
    heldUntil: moment().nullable(),
    redemptionId: id().nullable(),
    orderId: externalId().nullable(),
    usedAt: moment().nullable(),
    discountMinor: minor().nullable(),
  },
  uniques: [
    { name: 'uk_coupon_code', properties: ['code'] },
    { name: 'uk_coupon_slot', properties: ['templateId', 'userId', 'slot'] },
    { name: 'uk_coupon_claim', properties: ['userId', 'claimKey'] },
    { name: 'uk_coupon_draw', properties: ['templateId', 'drawNo'] },
  ],
  indexes: [
    { name: 'ix_coupon_wallet', properties: ['userId', 'id'] },
    { name: 'ix_coupon_usable', properties: ['userId', 'expiresAt'] },
    { name: 'ix_coupon_expiry', properties: ['status', 'expiresAt'] },
  ],
});

/**
 * Where a coupon came from that was not simply claimed: a code of a batch, a share, a grant. A table beside
 * the coupons, so that the open way pays nothing for it. (origin, serial) lets a code be claimed once, (origin,
 * taker) a user take once of an origin that gives each user one.
 */
export const CouponOriginTable = defineEntity({
  name: 'CouponOrigin',
  tableName: 'coupon_origin',
  properties: {
    couponId: id().primary(),
    way: word(),
    originId: id(),
    /** The number of a code in its batch; null: anything else. */
    serial: count().nullable(),
    /** The user, where the origin gives each user one (shares); null: anywhere else. */
    takerId: externalId().nullable(),
  },
  uniques: [
    { name: 'uk_coupon_origin', properties: ['originId', 'serial'] },
    { name: 'uk_coupon_origin_taker', properties: ['originId', 'takerId'] },
  ],
});
