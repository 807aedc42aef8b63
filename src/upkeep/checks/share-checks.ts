/** What must be true of shares at any moment: their places, and what the sharers got. */
import type { Check } from './check.js';
import { pagedCheck } from './paged-check.js';

const NEVER_OVER = 'never over-issued';

export const shareChecks: readonly Check[] = [
  pagedCheck({
    name: 'the places taken of a share are the coupons of those who accepted it, at most its limit',
    promise: NEVER_OVER,
    table: 'share',
    key: 'id',
    sql: (inPage) =>
      `SELECT CONCAT('share ', s.id, ' of ', s.accept_limit, ' has ', s.places_left, ' places left and ',
         COALESCE(o.n, 0), ' coupons') AS line
       FROM share s LEFT JOIN (SELECT origin_id, COUNT(*) AS n FROM coupon_origin
         WHERE way = 'SHARE' AND ${inPage('origin_id')} GROUP BY origin_id) o ON o.origin_id = s.id
       WHERE ${inPage('s.id')}
         AND (s.places_left < 0 OR s.accept_limit - s.places_left <> COALESCE(o.n, 0))`,
  }),
  pagedCheck({
    name: 'nobody accepts their own share',
    promise: NEVER_OVER,
    table: 'share',
    key: 'id',
    sql: (inPage) =>
      `SELECT CONCAT('share ', s.id, ' was accepted by who made it') AS line
       FROM share s JOIN coupon_origin o ON o.origin_id = s.id AND o.taker_id = s.user_id
       WHERE ${inPage('s.id')}`,
  }),
  pagedCheck({
    name: 'who shared has one reward of a full share, and none of another',
    promise: NEVER_OVER,
    table: 'share',
    key: 'id',
    sql: (inPage) =>
      `SELECT CONCAT('share ', s.id, ' with ', s.places_left, ' places left and its reward ',
         COALESCE(s.reward_status, 'none'), ' has rewarded ', COALESCE(o.n, 0), ' times') AS line
       FROM share s LEFT JOIN (SELECT origin_id, COUNT(*) AS n, MIN(coupon_id) AS coupon_id
         FROM coupon_origin WHERE way = 'TRIGGER' AND ${inPage('origin_id')} GROUP BY origin_id) o
         ON o.origin_id = s.id
       WHERE ${inPage('s.id')} AND (
         COALESCE(o.n, 0) > IF(s.places_left = 0 AND s.reward_status IN ('PENDING', 'PAID'), 1, 0)
         OR (s.reward_status = 'PAID' AND NOT s.reward_coupon_id <=> o.coupon_id))`,
  }),
];
