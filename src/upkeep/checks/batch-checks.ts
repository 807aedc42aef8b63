/** What must be true of batches of codes. Coupons may be in the archive; where they came from stays. */
import type { Check } from './check.js';
import { statementCheck } from './statement-check.js';

const NEVER_OVER = 'never over-issued';
const CHANGES = 'every change has its audit entry and its event';

export const batchChecks: readonly Check[] = [
  statementCheck(
    'a batch has issued what its codes were claimed for, and at most its total',
    NEVER_OVER,
    `SELECT CONCAT('batch ', b.id, ' counts ', b.issued, ' of ', b.total, ' but ', COALESCE(o.n, 0),
        ' came from it, the last of number ', COALESCE(o.last, '-')) AS line
     FROM batch b LEFT JOIN (SELECT origin_id, COUNT(*) AS n, MAX(serial) AS last FROM coupon_origin
       WHERE way = 'CODE' GROUP BY origin_id) o ON o.origin_id = b.id
     WHERE b.issued <> COALESCE(o.n, 0) OR b.issued > b.total OR COALESCE(o.last, 0) >= b.total`,
  ),
  statementCheck(
    'batches of a template together have at most its total',
    NEVER_OVER,
    `SELECT CONCAT('template ', t.id, ' counts ', t.code_count, ' codes of ', COALESCE(t.total_count, 'any'),
        ' but its batches have ', COALESCE(b.n, 0)) AS line
     FROM template t LEFT JOIN (SELECT template_id, SUM(total) AS n FROM batch GROUP BY template_id) b
       ON b.template_id = t.id
     WHERE t.code_count <> COALESCE(b.n, 0) OR t.code_count > t.total_count`,
  ),
  statementCheck(
    'a coupon of a code says so in both places',
    NEVER_OVER,
    `SELECT CONCAT('coupon ', c.id, ' is of batch ', COALESCE(c.batch_id, '-'), ' and came from ',
        COALESCE(o.origin_id, '-')) AS line
     FROM coupon c LEFT JOIN coupon_origin o ON o.coupon_id = c.id AND o.way = 'CODE'
     WHERE COALESCE(c.batch_id, '') <> COALESCE(o.origin_id, '')`,
  ),
  statementCheck(
    'a batch counts the uses of its coupons',
    CHANGES,
    `SELECT CONCAT('batch ', b.id, ' counts ', COALESCE(u.n, 0), ' uses of ', b.issued, ' but ',
        COALESCE(c.n, 0), ' coupons are used') AS line
     FROM batch b
     LEFT JOIN (SELECT batch_id, SUM(used) AS n FROM batch_use GROUP BY batch_id) u ON u.batch_id = b.id
     LEFT JOIN (SELECT batch_id, COUNT(*) AS n FROM coupon WHERE status = 'USED' AND batch_id IS NOT NULL
       GROUP BY batch_id) c ON c.batch_id = b.id
     WHERE COALESCE(u.n, 0) < COALESCE(c.n, 0) OR COALESCE(u.n, 0) > b.issued`,
  ),
  statementCheck(
    'the audit of a batch folds to its status',
    CHANGES,
    `SELECT CONCAT('batch ', b.id, ' is ', b.status, ' at version ', b.version, ' but its audit ends in ',
        COALESCE(a.to_status, '-')) AS line
     FROM batch b LEFT JOIN audit a ON a.subject_id = b.id AND a.seq = b.version
     WHERE COALESCE(a.to_status, '') <> b.status`,
  ),
];
