/** The SQL of what services told of customers, and of the coupons that came of it. */
import type { FailureCode } from '../kernel/rejection.js';
import type { Sql } from '../storage/database.js';
import { toSqlMoment } from '../storage/moments.js';
import type { CustomerEvent, Decision, RecordedEvent, TriggeredGrant } from './customer.types.js';
import { marks } from '../storage/marks.js';

export const EVENT_SQL = {
  insert: `INSERT INTO customer_event (id, event_key, fingerprint, type, user_id, status, occurred_at,
      recorded_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE id = customer_event.id`,
  byKey: 'SELECT id, fingerprint, status FROM customer_event WHERE event_key = ?',
  lock: 'SELECT id FROM customer_event WHERE id = ? FOR UPDATE',
  end: `UPDATE customer_event SET status = 'DONE' WHERE id = ? AND status = 'OPEN'`,
  plan: (count: number) =>
    `INSERT INTO customer_event_grant (event_id, template_id)
     VALUES ${marks(count, '(?, ?)')}`,
  planned: `SELECT template_id, coupon_id, refusal FROM customer_event_grant
    WHERE event_id = ? ORDER BY template_id`,
  /** A coupon is the truth, also where somebody else was refused with the same key before. */
  grant: `UPDATE customer_event_grant SET coupon_id = ?, refusal = NULL
    WHERE event_id = ? AND template_id = ? AND coupon_id IS NULL`,
  refuse: `UPDATE customer_event_grant SET refusal = ?
    WHERE event_id = ? AND template_id = ? AND coupon_id IS NULL AND refusal IS NULL`,
};

type Source = Pick<Sql, 'rows'>;

/**
 * Writes an event down with the templates that it is to give. With none it is done.
 * @returns false: an event with this id is known
 */
export async function insertEvent(
  sql: Sql,
  event: CustomerEvent,
  record: RecordedEvent,
  nowMs: number,
): Promise<boolean> {
  const inserted = await sql.change(EVENT_SQL.insert, [
    record.id,
    event.eventKey,
    event.fingerprint,
    event.type,
    event.userId,
    record.status,
    toSqlMoment(event.occurredAtMs),
    toSqlMoment(nowMs),
  ]);
  return inserted === 1;
}

export async function planGrants(
  sql: Sql,
  eventId: string,
  templateIds: readonly string[],
): Promise<void> {
  if (templateIds.length === 0) return;
  const values = templateIds.flatMap((templateId) => [eventId, templateId]);
  await sql.change(EVENT_SQL.plan(templateIds.length), values);
}

export async function readEventByKey(
  source: Source,
  eventKey: string,
): Promise<RecordedEvent | undefined> {
  const [row] = await source.rows(EVENT_SQL.byKey, [eventKey]);
  if (row === undefined) return undefined;
  return {
    id: String(row['id']),
    fingerprint: String(row['fingerprint']),
    status: row['status'] as RecordedEvent['status'],
  };
}

/** In the order of the templates. */
export async function readPlanned(source: Source, eventId: string): Promise<TriggeredGrant[]> {
  return (await source.rows(EVENT_SQL.planned, [eventId])).map((row) => ({
    templateId: String(row['template_id']),
    couponId: row['coupon_id'] === null ? null : String(row['coupon_id']),
    refusal: row['refusal'] as FailureCode | null,
  }));
}

/**
 * Writes down what was decided, and that all was.
 * @returns true: it ended the event; somebody else may have
 */
export async function writeDecisions(
  sql: Sql,
  eventId: string,
  decisions: ReadonlyMap<string, Decision>,
): Promise<boolean> {
  await sql.rows(EVENT_SQL.lock, [eventId]);
  let isDecided = true;
  for (const [templateId, decision] of decisions) {
    if (decision.state === 'GRANTED')
      await sql.change(EVENT_SQL.grant, [decision.couponId, eventId, templateId]);
    if (decision.state === 'REFUSED')
      await sql.change(EVENT_SQL.refuse, [decision.code, eventId, templateId]);
    if (decision.state === 'PENDING') isDecided = false;
  }
  return isDecided && (await sql.change(EVENT_SQL.end, [eventId])) === 1;
}
