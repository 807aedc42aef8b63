/**
 * What must be true of grants at any moment: what the row counts is what its coupons and its list say. Each
 * check is one statement a page, so it holds while a grant is running.
 */
import { GRANT_LIFECYCLE } from '../../grant/rules/grant-lifecycle.js';
import { foldsToRows } from './audit-checks.js';
import type { Check } from './check.js';
import { pagedCheck } from './paged-check.js';

const ONCE = 'everyone of a list is given one coupon, or a reason';
/** A list has up to 100,000 users, and all of a page are read. */
const PAGE_GRANTS = 5;

export const grantChecks: readonly Check[] = [
  pagedCheck({
    name: 'a grant counts the coupons that it gave',
    promise: ONCE,
    table: 'grant_job',
    key: 'id',
    pageSubjects: PAGE_GRANTS,
    sql: (inPage) => `
      SELECT CONCAT('grant ', g.id, ' counts ', g.granted, ' but gave ', COALESCE(o.n, 0)) AS line
      FROM grant_job g
      LEFT JOIN (SELECT origin_id, COUNT(*) AS n FROM coupon_origin
        WHERE ${inPage('origin_id')} AND way = 'GRANT' GROUP BY origin_id) o ON o.origin_id = g.id
      WHERE ${inPage('g.id')} AND g.granted <> COALESCE(o.n, 0)`,
  }),
  pagedCheck({
    name: 'a grant counts the users of its list',
    promise: ONCE,
    table: 'grant_job',
    key: 'id',
    pageSubjects: PAGE_GRANTS,
    // A coupon is given a moment before the list says so.
    sql: (inPage) => `
      SELECT CONCAT('grant ', g.id, ' is ', g.status, ' with ', g.granted, ' given, ', g.refused, ' refused of ',
        g.requested, '; its list says ', COALESCE(m.granted, 0), ', ', COALESCE(m.refused, 0), ' of ',
        COALESCE(m.n, 0)) AS line
      FROM grant_job g
      LEFT JOIN (SELECT grant_id, COUNT(*) AS n, SUM(state = 'GRANTED') AS granted,
          SUM(state = 'REFUSED') AS refused
        FROM grant_member WHERE ${inPage('grant_id')} GROUP BY grant_id) m ON m.grant_id = g.id
      WHERE ${inPage('g.id')} AND (COALESCE(m.n, 0) <> g.requested OR COALESCE(m.refused, 0) <> g.refused
        OR COALESCE(m.granted, 0) > g.granted
        OR (g.has_work = 0 AND COALESCE(m.granted, 0) <> g.granted)
        OR (g.status = 'DONE' AND g.granted + g.refused <> g.requested))`,
  }),
  ...foldsToRows({
    table: 'grant_job',
    subject: 'GRANT',
    firstSeq: 1,
    initial: null,
    born: 'QUEUED',
    lifecycle: GRANT_LIFECYCLE,
  }),
];
