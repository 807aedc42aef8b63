/** What must be true of the archive: only what is over, of what can issue no more, once, and counted. */
import { archivedAuditIsWhole } from './audit-checks.js';
import type { Check } from './check.js';
import { pagedCheck } from './paged-check.js';
import { couponsAgree } from './redemption-checks.js';

const isInOnePlace = pagedCheck({
  name: 'a coupon is archived or not',
  promise: 'a coupon is in one of the two tables, and its slot and its claim with it',
  table: 'coupon_archive',
  key: 'id',
  sql: (inPage) => `
    SELECT CONCAT('coupon ', old.id, ' is archived, and coupon ', c.id, ' stands in its place') AS line
    FROM coupon_archive old JOIN coupon c ON c.id = old.id
      OR (c.template_id = old.template_id AND c.user_id = old.user_id AND c.slot = old.slot)
    WHERE ${inPage('old.id')}`,
});

const isOver = pagedCheck({
  name: 'archived coupons are over',
  promise: 'used or expired, of a template that can issue no more',
  table: 'coupon_archive',
  key: 'id',
  sql: (inPage) => `
    SELECT CONCAT('coupon ', old.id, ' is ', old.status, ', its template ', COALESCE(t.status, 'missing')) AS line
    FROM coupon_archive old LEFT JOIN template t ON t.id = old.template_id
    WHERE ${inPage('old.id')} AND COALESCE(
      old.status IN ('USED', 'EXPIRED') AND t.status IN ('STOPPED', 'EXPIRED'), 0) = 0`,
});

const isCounted = pagedCheck({
  name: 'the archive is counted',
  promise: 'numbers of a template are those of its coupons, archived ones too',
  table: 'archived_count',
  key: 'template_id',
  // A template may have millions.
  pageSubjects: 10,
  sql: (inPage) => `
    SELECT CONCAT('template ', n.template_id, ' counts ', n.coupons, ' ', n.status, ' in the archive, which has ',
      COALESCE(a.coupons, 0)) AS line
    FROM archived_count n
    LEFT JOIN (SELECT template_id, status, COALESCE(channel, '') AS channel, COUNT(*) AS coupons,
        COALESCE(SUM(discount_minor), 0) AS discount_minor
      FROM coupon_archive WHERE ${inPage('template_id')}
      GROUP BY template_id, status, COALESCE(channel, '')) a
      ON a.template_id = n.template_id AND a.status = n.status AND a.channel = n.channel
    WHERE ${inPage('n.template_id')} AND (n.coupons <> COALESCE(a.coupons, 0)
      OR n.discount_minor <> COALESCE(a.discount_minor, 0))`,
});

export const archiveChecks: readonly Check[] = [
  isInOnePlace,
  isOver,
  isCounted,
  couponsAgree('coupon_archive'),
  archivedAuditIsWhole,
];
