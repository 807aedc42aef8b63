/**
 * Proves that folding the audit of coupons, redemptions and the like gives the state they are in: nothing changed
 * without an entry, no entry without a change, every step one of the lifecycle's table, and with each
 * entry its event.
 *
 * A coupon's row is the entry of its own claim (version 1), so its entries begin at 2.
 */
import { COUPON_LIFECYCLE } from '../../coupon/rules/coupon-lifecycle.js';
import type { Lifecycle } from '../../kernel/lifecycle.js';
import { REDEMPTION_LIFECYCLE } from '../../redemption/rules/redemption-lifecycle.js';
import { toSqlMoment } from '../../storage/moments.js';
import type { Check } from './check.js';
import { pagedCheck } from './paged-check.js';

/** Events of changes this young must still be there; delivered ones may be archived later. */
const EVENTS_KEPT_MS = 86_400_000;

/** Of what can never change again the audit may be gone, all of it. */
const IS_PURGED =
  "WHEN t.audit_purged_at IS NOT NULL THEN a.entries IS NULL AND t.status = 'EXPIRED'";

export interface Folded {
  readonly table: 'coupon' | 'coupon_archive' | 'redemption' | 'grant_job';
  readonly subject: 'COUPON' | 'REDEMPTION' | 'GRANT';
  /** The version whose entry is the first. */
  readonly firstSeq: number;
  /** The state before the first entry; null: there was none. */
  readonly initial: string | null;
  /** The state that the first entry gives to what had none. */
  readonly born: string;
  readonly lifecycle: Lifecycle<string, string>;
}

const folded: readonly Folded[] = [
  {
    table: 'coupon',
    subject: 'COUPON',
    firstSeq: 2,
    initial: 'UNUSED',
    born: 'UNUSED',
    lifecycle: COUPON_LIFECYCLE,
  },
  {
    table: 'redemption',
    subject: 'REDEMPTION',
    firstSeq: 1,
    initial: null,
    born: 'HELD',
    lifecycle: REDEMPTION_LIFECYCLE,
  },
];

/** Every version has its entry, the last of which says the status of the row. */
const entriesAreWhole = ({ table, subject, firstSeq, initial }: Folded): Check =>
  pagedCheck({
    name: `the audit of every ${table} is whole`,
    promise: 'every change of state has its audit entry; folding the audit gives the state',
    table,
    key: 'id',
    sql: (inPage) => `
      SELECT CONCAT('${table} ', t.id, ' is ', t.status, ' at version ', t.version, ', audit has ',
        COALESCE(a.entries, 0), ' entries up to ', COALESCE(a.last_seq, 0)) AS line
      FROM ${table} t
      LEFT JOIN (SELECT subject_id, COUNT(*) AS entries, MIN(seq) AS first_seq, MAX(seq) AS last_seq
        FROM audit WHERE ${inPage('subject_id')} AND subject = '${subject}' GROUP BY subject_id) a
        ON a.subject_id = t.id
      LEFT JOIN audit last ON last.subject_id = t.id AND last.seq = t.version
      WHERE ${inPage('t.id')} AND COALESCE(
        CASE ${table === 'coupon_archive' ? IS_PURGED : ''} WHEN a.entries IS NULL
          THEN t.version = ${firstSeq - 1} AND t.status = ${initial === null ? 'NULL' : `'${initial}'`}
          ELSE a.first_seq = ${firstSeq} AND a.last_seq = t.version
            AND a.entries = t.version - ${firstSeq - 1} AND last.to_status = t.status
        END, 0) = 0`,
  });

/** Every entry begins where the one before ended, by a step of the table. */
const stepsAreLegal = ({ table, subject, initial, born, lifecycle }: Folded): Check =>
  pagedCheck({
    name: `every step of a ${table} is legal`,
    promise: 'each change begins where the last one ended and is one of the lifecycle table',
    table: 'audit',
    key: 'subject_id',
    sql: (inPage) => `
      SELECT CONCAT('${table} ', subject_id, ', entry ', seq, ': ', COALESCE(from_status, 'none'), ' to ',
        COALESCE(to_status, 'none'), ' after ', COALESCE(expected, 'none')) AS line
      FROM (SELECT subject_id, seq, from_status, to_status,
          COALESCE(LAG(to_status) OVER (PARTITION BY subject_id ORDER BY seq),
            ${initial === null ? 'NULL' : `'${initial}'`}) AS expected
        FROM audit WHERE ${inPage('subject_id')} AND subject = '${subject}') step
      WHERE NOT from_status <=> expected
        OR COALESCE(CONCAT(COALESCE(from_status, ''), ' ', to_status), '') NOT IN (${legalSteps(lifecycle, initial, born)})`,
  });

const entriesHaveSubjects = (subject: Folded['subject'], tables: readonly string[]): Check =>
  pagedCheck({
    name: `no audit entry is without its ${subject.toLowerCase()}`,
    promise: 'an entry is written in the transaction of its change',
    table: 'audit',
    key: 'subject_id',
    sql: (inPage) => `
      SELECT CONCAT('entry ', a.seq, ' of ${subject.toLowerCase()} ', a.subject_id, ', which does not exist') AS line
      FROM audit a ${tables.map((table) => `LEFT JOIN ${table} ON ${table}.id = a.subject_id`).join(' ')}
      WHERE ${inPage('a.subject_id')} AND a.subject = '${subject}'
        AND ${tables.map((table) => `${table}.id IS NULL`).join(' AND ')}`,
  });

const entriesHaveEvents: Check = pagedCheck({
  name: 'every change has its event',
  promise: 'every change of state has its event in the same transaction',
  table: 'audit',
  key: 'subject_id',
  values: (nowMs) => [toSqlMoment(nowMs - EVENTS_KEPT_MS)],
  sql: (inPage) => `
    SELECT CONCAT(a.subject, ' ', a.subject_id, ', entry ', a.seq, ' ', a.action, ', has no event') AS line
    FROM audit a
    LEFT JOIN (SELECT DISTINCT subject_id, type,
        CAST(JSON_EXTRACT(payload, '$.seq') AS SIGNED) AS seq
      FROM outbox WHERE ${inPage('subject_id')}) o
      ON o.subject_id = a.subject_id AND o.seq = a.seq
      AND o.type = CONCAT(LOWER(a.subject), '.', LOWER(a.action))
    WHERE ${inPage('a.subject_id')} AND a.at > ? AND a.subject IN ('COUPON', 'REDEMPTION', 'GRANT')
      AND o.seq IS NULL`,
});

function legalSteps(
  lifecycle: Lifecycle<string, string>,
  initial: string | null,
  born: string,
): string {
  const steps = Object.entries(lifecycle).flatMap(([from, moves]) =>
    Object.values(moves).flatMap((move) => ('to' in move ? [`'${from} ${move.to}'`] : [])),
  );
  return [...new Set([...steps, ...(initial === null ? [`' ${born}'`] : [])])].join(', ');
}

/** That the audit of one kind of subject folds to its rows. */
export function foldsToRows(one: Folded): readonly Check[] {
  return [entriesAreWhole(one), stepsAreLegal(one), entriesHaveSubjects(one.subject, [one.table])];
}

/** Coupons of the archive have their entries where all have them. */
export const archivedAuditIsWhole = entriesAreWhole({ ...folded[0]!, table: 'coupon_archive' });

export const auditChecks: readonly Check[] = [
  ...folded.flatMap((one) => [entriesAreWhole(one), stepsAreLegal(one)]),
  entriesHaveSubjects('COUPON', ['coupon', 'coupon_archive']),
  entriesHaveSubjects('REDEMPTION', ['redemption']),
  entriesHaveEvents,
];
