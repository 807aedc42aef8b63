/**
 * Proves that coupons and redemptions agree, that nothing is held or used twice, and that money adds up.
 * Twins of the promises in docs/REDEMPTIONS.md; that their audit tells the same is in audit-checks.ts.
 */
import { auditChecks } from './audit-checks.js';
import type { Check } from './check.js';
import { pagedCheck } from './paged-check.js';

const TIED = "('CONFIRMED', 'PARTIALLY_REFUNDED')";
const untied = (...columns: string[]): string =>
  columns.map((column) => `${column} IS NULL`).join(' AND ');

export const couponsAgree = (table: 'coupon' | 'coupon_archive'): Check =>
  pagedCheck({
    name: `${table === 'coupon' ? 'coupons' : 'archived coupons'} agree with their redemptions`,
    promise: 'HELD is one HELD redemption, USED one confirmed, anything else none',
    table,
    key: 'id',
    sql: (inPage) => `
    SELECT CONCAT('coupon ', c.id, ' is ', c.status, ', its redemption ', COALESCE(r.status, 'none')) AS line
    FROM ${table} c
    LEFT JOIN redemption_coupon rc ON rc.live_coupon_id = c.id
    LEFT JOIN redemption r ON r.id = rc.redemption_id
    WHERE ${inPage('c.id')} AND COALESCE(CASE
      WHEN c.status = 'HELD' THEN r.status = 'HELD' AND c.redemption_id = r.id
        AND c.order_id = r.order_id AND c.held_until = r.held_until
        AND ${untied('c.used_at', 'c.discount_minor')}
      WHEN c.status = 'USED' THEN r.status IN ${TIED} AND c.redemption_id = r.id
        AND c.order_id = r.order_id AND c.discount_minor = rc.discount_minor
        AND c.used_at IS NOT NULL AND c.held_until IS NULL
      ELSE ${untied('rc.coupon_id', 'c.redemption_id', 'c.order_id')}
        AND ${untied('c.held_until', 'c.used_at', 'c.discount_minor')}
      END, 0) = 0`,
  });

const redemptionsAgree = pagedCheck({
  name: 'redemptions agree with their coupons',
  promise: "all coupons of a redemption are held, used or given back together, and are its owner's",
  table: 'redemption',
  key: 'id',
  sql: (inPage) => `
    SELECT CONCAT('redemption ', r.id, ' is ', r.status, ', its coupon ', rc.coupon_id, ' is ',
      COALESCE(c.status, old.status, 'missing')) AS line
    FROM redemption r
    JOIN redemption_coupon rc ON rc.redemption_id = r.id
    LEFT JOIN coupon c ON c.id = rc.coupon_id
    LEFT JOIN coupon_archive old ON old.id = rc.coupon_id
    WHERE ${inPage('r.id')} AND COALESCE(COALESCE(c.user_id, old.user_id) = r.user_id AND CASE
      WHEN r.status = 'HELD'
        THEN rc.live_coupon_id = rc.coupon_id AND c.redemption_id = r.id AND c.status = 'HELD'
      WHEN r.status IN ${TIED}
        THEN rc.live_coupon_id = rc.coupon_id AND COALESCE(c.redemption_id, old.redemption_id) = r.id
          AND COALESCE(c.status, old.status) = 'USED'
      ELSE rc.live_coupon_id IS NULL AND NOT COALESCE(c.redemption_id, old.redemption_id) <=> r.id
      END, 0) = 0`,
});

const oneLiveAnOrder = pagedCheck({
  name: 'orders have one live redemption',
  promise: 'one live redemption an order, and only its last one',
  table: 'redemption',
  key: 'id',
  sql: (inPage) => `
    SELECT CONCAT('redemption ', r.id, ' is ', r.status, ', attempt ',
      r.attempt, IF(r.live_order_id IS NULL, ', not live', ', live')) AS line
    FROM redemption r
    LEFT JOIN redemption later ON later.order_id = r.order_id AND later.attempt = r.attempt + 1
    LEFT JOIN redemption earlier ON earlier.order_id = r.order_id AND earlier.attempt = r.attempt - 1
    WHERE ${inPage('r.id')} AND COALESCE(
      (r.attempt = 1 OR earlier.id IS NOT NULL)
      AND (r.held_until IS NOT NULL) = (r.status IN ('HELD', 'EXPIRED'))
      AND CASE WHEN r.status IN ('RELEASED', 'EXPIRED') THEN r.live_order_id IS NULL
        ELSE r.live_order_id = r.order_id AND later.id IS NULL END, 0) = 0`,
});

const discountsAddUp = pagedCheck({
  name: 'discounts add up',
  promise: 'shares of lines and of coupons add up to the discount; 0 <= share <= line',
  table: 'redemption',
  key: 'id',
  sql: (inPage) => `
    SELECT CONCAT('redemption ', r.id, ': discount ', r.discount_minor, ', coupons ',
      COALESCE(c.discount_minor, 0), ', lines ', l.discount_minor, ', shares ',
      COALESCE(s.discount_minor, 0)) AS line
    FROM redemption r
    LEFT JOIN (SELECT redemption_id, SUM(discount_minor) AS discount_minor, MIN(discount_minor) AS least
      FROM redemption_coupon WHERE ${inPage('redemption_id')} GROUP BY redemption_id) c
      ON c.redemption_id = r.id
    LEFT JOIN (SELECT redemption_id, SUM(discount_minor) AS discount_minor,
        MIN(discount_minor >= 0 AND discount_minor <= subtotal_minor AND quantity >= 1
          AND MOD(subtotal_minor, quantity) = 0) AS is_sound
      FROM redemption_line WHERE ${inPage('redemption_id')} GROUP BY redemption_id) l
      ON l.redemption_id = r.id
    LEFT JOIN (SELECT redemption_id, SUM(discount_minor) AS discount_minor, MIN(discount_minor) AS least
      FROM redemption_share WHERE ${inPage('redemption_id')} GROUP BY redemption_id) s
      ON s.redemption_id = r.id
    WHERE ${inPage('r.id')} AND COALESCE(
      l.is_sound AND r.discount_minor = l.discount_minor
      AND r.discount_minor = COALESCE(c.discount_minor, 0) AND COALESCE(c.least, 1) >= 0
      AND r.discount_minor = COALESCE(s.discount_minor, 0) AND COALESCE(s.least, 1) >= 0, 0) = 0`,
});

/** Sums of shares by one of their two sides. */
const sharesOf = (side: 'coupon' | 'line', name: string): Check =>
  pagedCheck({
    name,
    promise: `what is taken off by each ${side} is the sum of its shares`,
    table: 'redemption',
    key: 'id',
    sql: (inPage) => `
      SELECT CONCAT('redemption ', t.redemption_id, ', ${side} ', t.position, ': ', t.discount_minor,
        ', shares ', COALESCE(s.discount_minor, 0)) AS line
      FROM redemption_${side} t
      LEFT JOIN (SELECT redemption_id, ${side}_position, SUM(discount_minor) AS discount_minor
        FROM redemption_share WHERE ${inPage('redemption_id')}
        GROUP BY redemption_id, ${side}_position) s
        ON s.redemption_id = t.redemption_id AND s.${side}_position = t.position
      WHERE ${inPage('t.redemption_id')} AND t.discount_minor <> COALESCE(s.discount_minor, 0)`,
  });

const unitsAreRefunded = pagedCheck({
  name: 'refunds take the shares of their units',
  promise: 'unit shares by largest remainder, first units first; never more than was given',
  table: 'redemption',
  key: 'id',
  sql: (inPage) => `
    SELECT CONCAT('redemption ', redemption_id, ', line ', line_id, ': ', refunded_quantity, ' of ',
      quantity, ' units took back ', refunded_minor, ' of ', discount_minor) AS line
    FROM redemption_line
    WHERE ${inPage('redemption_id')} AND NOT (
      refunded_quantity BETWEEN 0 AND quantity
      AND refunded_minor = (discount_minor DIV quantity) * refunded_quantity
        + LEAST(refunded_quantity, MOD(discount_minor, quantity)))`,
});

const refundsAddUp = pagedCheck({
  name: 'refunds add up',
  promise: 'refunds add up to what was taken back; the coupons come back with the last unit',
  table: 'redemption',
  key: 'id',
  sql: (inPage) => `
    SELECT CONCAT('redemption ', r.id, ' is ', r.status, ': refunded ', r.refunded_minor, ', lines ',
      l.refunded_minor, ', refunds ', COALESCE(f.discount_minor, 0)) AS line
    FROM redemption r
    LEFT JOIN (SELECT redemption_id, SUM(refunded_minor) AS refunded_minor,
        SUM(refunded_quantity) AS refunded, SUM(quantity - refunded_quantity) AS units_left
      FROM redemption_line WHERE ${inPage('redemption_id')} GROUP BY redemption_id) l
      ON l.redemption_id = r.id
    LEFT JOIN (SELECT redemption_id, SUM(discount_minor) AS discount_minor, COUNT(*) AS refunds
      FROM refund WHERE ${inPage('redemption_id')} GROUP BY redemption_id) f ON f.redemption_id = r.id
    WHERE ${inPage('r.id')} AND COALESCE(
      r.refunded_minor = l.refunded_minor AND r.refunded_minor = COALESCE(f.discount_minor, 0)
      AND r.refunded_minor <= r.discount_minor
      AND CASE r.status
        WHEN 'REFUNDED' THEN l.units_left = 0 AND f.refunds >= 1
        WHEN 'PARTIALLY_REFUNDED' THEN l.units_left > 0 AND l.refunded > 0 AND f.refunds >= 1
        ELSE l.refunded = 0 AND f.refunds IS NULL END, 0) = 0`,
});

const snapshotsAreQuotes = pagedCheck({
  name: 'redemptions honour their quotes',
  promise: 'a hold keeps the quote it was made from, and its amounts to the minor unit',
  table: 'redemption',
  key: 'id',
  // A snapshot has up to 200 options: tens of kilobytes each are parsed.
  pageSubjects: 200,
  sql: (inPage) => `
    SELECT CONCAT('redemption ', id, ' does not honour quote ', quote_id) AS line
    FROM redemption
    WHERE ${inPage('id')} AND COALESCE(
      JSON_UNQUOTE(JSON_EXTRACT(snapshot, '$.id')) = quote_id
      AND JSON_UNQUOTE(JSON_EXTRACT(snapshot, '$.userId')) = user_id
      AND CAST(JSON_EXTRACT(snapshot, '$.discountMinor') AS SIGNED) = discount_minor, 0) = 0`,
});

export const redemptionChecks: readonly Check[] = [
  couponsAgree('coupon'),
  redemptionsAgree,
  oneLiveAnOrder,
  discountsAddUp,
  sharesOf('coupon', 'coupons take their shares'),
  sharesOf('line', 'lines take their shares'),
  unitsAreRefunded,
  refundsAddUp,
  snapshotsAreQuotes,
  ...auditChecks,
];
