/**
 * What must be true of templates and claims at any moment: every statement here sees one snapshot, so
 * the checks hold on a running system too.
 */
import { VIOLATIONS_SHOWN_MAX, type Check } from './check.js';
import { statementCheck } from './statement-check.js';

const NEVER_OVER = 'never over-issued';
const TRUTH = 'an answer is the truth';
const CHANGES = 'every change has its audit entry and its event';
const MONEY = 'money is exact';

/** A coupon is in one of them. */
const TABLES = ['coupon', 'coupon_archive'] as const;

/** A row for each table and template: how many coupons, and what red packets drew together. */
const fromBoth = (columns: string, where = ''): string =>
  `(${TABLES.map((table) => `SELECT template_id, ${columns} FROM ${table} ${where} GROUP BY template_id`).join(' UNION ALL ')})`;
const COUNTS = fromBoth('COUNT(*) AS n');
const DRAWS = fromBoth(
  'COUNT(*) AS n, SUM(face_value_minor) AS drawn',
  'WHERE face_value_minor IS NOT NULL',
);

export const claimChecks: readonly Check[] = [
  statementCheck(
    'coupons of a template are at most its total',
    NEVER_OVER,
    `SELECT CONCAT('template ', t.id, ' has ', SUM(c.n), ' coupons of ', t.total_count) AS line
     FROM template t JOIN ${COUNTS} c ON c.template_id = t.id
     WHERE t.total_count IS NOT NULL GROUP BY t.id, t.total_count HAVING SUM(c.n) > t.total_count`,
  ),
  statementCheck(
    'the counter of a template is the number of its coupons',
    NEVER_OVER,
    `SELECT CONCAT('template ', t.id, ' counts ', t.issued, ' but has ', COALESCE(SUM(c.n), 0)) AS line
     FROM template t LEFT JOIN ${COUNTS} c ON c.template_id = t.id
     GROUP BY t.id, t.issued HAVING t.issued <> COALESCE(SUM(c.n), 0)`,
  ),
  {
    name: 'a user has at most perUserLimit coupons of a template',
    promise: NEVER_OVER,
    run: async (source) => {
      const limits = await source.rows(
        `SELECT t.id, v.rules FROM template t
         JOIN template_version v ON v.template_id = t.id AND v.version = t.version`,
      );
      const limitOf = new Map(
        limits.map((row) => [
          String(row['id']),
          (JSON.parse(String(row['rules'])) as { perUserLimit: number }).perUserLimit,
        ]),
      );
      const most = await source.rows(
        `SELECT template_id, MAX(n) AS n, MAX(slot) AS slot FROM (
           SELECT template_id, user_id, COUNT(*) AS n, MAX(slot) AS slot FROM coupon
           GROUP BY template_id, user_id) per_user GROUP BY template_id`,
      );
      // Of templates with an archive both tables count together; of the others that would be for nothing.
      const archived = await source.rows(
        `SELECT template_id, MAX(n) AS n, MAX(slot) AS slot FROM (
           SELECT template_id, user_id, COUNT(*) AS n, MAX(slot) AS slot FROM (
             SELECT template_id, user_id, slot FROM coupon
             WHERE template_id IN (SELECT template_id FROM archived_count)
             UNION ALL SELECT template_id, user_id, slot FROM coupon_archive) both_tables
           GROUP BY template_id, user_id) per_user GROUP BY template_id`,
      );
      return [...most, ...archived]
        .filter((row) => {
          const limit = limitOf.get(String(row['template_id'])) ?? 0;
          return Number(row['n']) > limit || Number(row['slot']) > limit;
        })
        .map(
          (row) =>
            `template ${row['template_id']}: a user has ${row['n']} coupons, slot ${row['slot']}`,
        )
        .slice(0, VIOLATIONS_SHOWN_MAX);
    },
  },
  statementCheck(
    'every coupon has a template and the version it was issued under',
    TRUTH,
    TABLES.map(
      (table) => `SELECT CONCAT('coupon ', c.id, ' has no version ', c.template_version) AS line
        FROM ${table} c LEFT JOIN template_version v
          ON v.template_id = c.template_id AND v.version = c.template_version
        WHERE v.template_id IS NULL`,
    ).join(' UNION ALL '),
  ),
  statementCheck(
    'red packets together are within their budget',
    MONEY,
    `SELECT CONCAT('template ', c.template_id, ' drew ', SUM(c.drawn)) AS line
     FROM ${DRAWS} c JOIN template t ON t.id = c.template_id AND t.type = 'RED_PACKET'
     JOIN template_version v ON v.template_id = t.id AND v.version = t.version
     GROUP BY c.template_id, t.total_count, v.rules
     HAVING SUM(c.drawn) > JSON_EXTRACT(v.rules, '$.redPacket.budgetMinor')
        OR (SUM(c.n) = t.total_count
            AND SUM(c.drawn) <> JSON_EXTRACT(v.rules, '$.redPacket.budgetMinor'))`,
  ),
  statementCheck(
    'the audit of a template folds to its status',
    CHANGES,
    `SELECT CONCAT('template ', t.id, ' is ', t.status, ' at revision ', t.revision,
              ' but its audit has ', COALESCE(a.n, 0), ' entries ending in ', COALESCE(last.to_status, '-')) AS line
     FROM template t
     LEFT JOIN (SELECT subject_id, COUNT(*) AS n, MAX(seq) AS seq FROM audit
                WHERE subject = 'TEMPLATE' GROUP BY subject_id) a ON a.subject_id = t.id
     LEFT JOIN audit last ON last.subject_id = t.id AND last.seq = t.revision
     WHERE COALESCE(a.n, 0) <> t.revision OR COALESCE(a.seq, 0) <> t.revision
        OR COALESCE(last.to_status, '') <> t.status`,
  ),
];
