import { defineEntity } from '@mikro-orm/core';
import { count, externalId, hash, id, json, minor, moment, word } from './columns.js';

/**
 * One redemption: the coupons held or used for one order. `liveOrderId` is the order's id while the
 * redemption stands in its way and null once released or expired, so its unique key is the promise
 * "one live redemption an order".
 */
export const RedemptionTable = defineEntity({
  name: 'Redemption',
  tableName: 'redemption',
  properties: {
    id: id().primary(),
    orderId: externalId(),
    /** Counts the order's redemptions from 1; only the last of them can be live. */
    attempt: count(),
    liveOrderId: externalId().nullable(),
    quoteId: word().columnType('varchar(64)'),
    userId: externalId(),
    status: word(),
    version: count(),
    currency: word().columnType('char(3)'),
    discountMinor: minor(),
    refundedMinor: minor().default(0),
    heldUntil: moment().nullable(),
    /** The quote and the rules it was computed from, as they were when the hold was made. */
    snapshot: json(),
    createdAt: moment(),
    updatedAt: moment(),
  },
  uniques: [
    { name: 'uk_redemption_live_order', properties: ['liveOrderId'] },
    { name: 'uk_redemption_attempt', properties: ['orderId', 'attempt'] },
  ],
  indexes: [
    { name: 'ix_redemption_hold', properties: ['status', 'heldUntil'] },
    // For erasing a user: a redemption may have no coupon to be found by.
    { name: 'ix_redemption_user', properties: ['userId', 'id'] },
  ],
});

/** One coupon of a redemption, in the order of application. `liveCouponId`: as liveOrderId, for the coupon. */
export const RedemptionCouponTable = defineEntity({
  name: 'RedemptionCoupon',
  tableName: 'redemption_coupon',
  properties: {
    redemptionId: id().primary(),
    position: count().primary(),
    couponId: id(),
    liveCouponId: id().nullable(),
    discountMinor: minor(),
  },
  uniques: [{ name: 'uk_redemption_live_coupon', properties: ['liveCouponId'] }],
  indexes: [{ name: 'ix_redemption_coupon', properties: ['couponId'] }],
});

/** One line of the order with what was taken off it and what came back. */
export const RedemptionLineTable = defineEntity({
  name: 'RedemptionLine',
  tableName: 'redemption_line',
  properties: {
    redemptionId: id().primary(),
    position: count().primary(),
    lineId: externalId(),
    quantity: count(),
    subtotalMinor: minor(),
    discountMinor: minor(),
    refundedQuantity: count().default(0),
    refundedMinor: minor().default(0),
  },
});

/** What one coupon took off one line. */
export const RedemptionShareTable = defineEntity({
  name: 'RedemptionShare',
  tableName: 'redemption_share',
  properties: {
    redemptionId: id().primary(),
    couponPosition: count().primary(),
    linePosition: count().primary(),
    discountMinor: minor(),
  },
});

/** One refund, remembered by the caller's key. */
export const RefundTable = defineEntity({
  name: 'Refund',
  tableName: 'refund',
  properties: {
    id: id().primary(),
    redemptionId: id(),
    orderId: externalId(),
    refundKey: hash(),
    fingerprint: hash(),
    refundedLines: json(),
    discountMinor: minor(),
    actor: externalId(),
    createdAt: moment(),
  },
  uniques: [{ name: 'uk_refund_key', properties: ['orderId', 'refundKey'] }],
  indexes: [{ name: 'ix_refund_redemption', properties: ['redemptionId'] }],
});

/** Quotes that Redis could not take; the ordinary quote never comes here. */
export const QuoteTable = defineEntity({
  name: 'Quote',
  tableName: 'quote',
  properties: {
    id: word().columnType('varchar(64)').primary(),
    body: json(),
    expiresAt: moment(),
  },
  indexes: [{ name: 'ix_quote_expiry', properties: ['expiresAt'] }],
});
