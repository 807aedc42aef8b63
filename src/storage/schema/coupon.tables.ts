import { defineEntity } from '@mikro-orm/core';
import { code, count, externalId, hash, id, minor, moment, word } from './columns.js';

/** One coupon, wherever it is kept. */
const couponColumns = () => ({
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
});

/**
 * One coupon in one wallet. The row is also the audit entry of its own claim (version 1).
 *
 * Unique keys are the last guards: (template, user, slot) is the per-user limit, (user, claim key) the
 * idempotency of claims, (template, draw) a red packet's draw. They are never enforced by a count.
 */
export const CouponTable = defineEntity({
  name: 'Coupon',
  tableName: 'coupon',
  properties: couponColumns(),
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

/**
 * A coupon that was used or has expired long ago, of a template that can issue no more; its row is the same.
 * The unique keys stand here too, so that nothing can be archived twice or come back wrong.
 */
export const CouponArchiveTable = defineEntity({
  name: 'CouponArchive',
  tableName: 'coupon_archive',
  properties: {
    ...couponColumns(),
    archivedAt: moment(),
    /** Its audit was deleted then; only of coupons that can never change again. */
    auditPurgedAt: moment().nullable(),
  },
  uniques: [
    { name: 'uk_archive_code', properties: ['code'] },
    { name: 'uk_archive_slot', properties: ['templateId', 'userId', 'slot'] },
    { name: 'uk_archive_claim', properties: ['userId', 'claimKey'] },
    { name: 'uk_archive_draw', properties: ['templateId', 'drawNo'] },
  ],
  indexes: [
    { name: 'ix_archive_wallet', properties: ['userId', 'id'] },
    { name: 'ix_archive_audit', properties: ['status', 'auditPurgedAt', 'archivedAt'] },
  ],
});

/** What is in the archive of a template, added up as coupons come and go. */
export const ArchivedCountTable = defineEntity({
  name: 'ArchivedCount',
  tableName: 'archived_count',
  properties: {
    templateId: id().primary(),
    status: word().primary(),
    /** '': none. */
    channel: externalId().primary(),
    coupons: count(),
    discountMinor: minor(),
  },
});

/** That the owner of a coupon was told that it will expire; goes when it has. */
export const CouponReminderTable = defineEntity({
  name: 'CouponReminder',
  tableName: 'coupon_reminder',
  properties: {
    couponId: id().primary(),
    expiresAt: moment(),
    remindedAt: moment(),
  },
  indexes: [{ name: 'ix_reminder_expiry', properties: ['expiresAt'] }],
});
