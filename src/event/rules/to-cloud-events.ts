/**
 * What others are told of one row of the log: one event, or one a coupon where the row is of several.
 *
 * Promises: an id never changes from try to try, and no event carries a coupon's code: whoever has the
 * code has the coupon.
 */
import type { CloudEvent, CouponFacts, LogEntry, PlacedEvent } from '../event.types.js';

export const EVENT_SOURCE = '/coupons';
/** The claim is a coupon's first version. */
const CLAIMED = { seq: 1, from: null, to: 'UNUSED' } as const;

export function couponIdsOf({ payload }: LogEntry): readonly string[] {
  const { couponIds } = payload;
  return Array.isArray(couponIds) ? couponIds.map(String) : [];
}

/**
 * One event at least, so that no place of the log is without one.
 * @param coupons of the row, by id; the event of one that is gone says what the row says
 */
export function toCloudEvents(
  entry: LogEntry,
  coupons: ReadonlyMap<string, CouponFacts>,
): [PlacedEvent, ...PlacedEvent[]] {
  const { position, outboxId, subjectId } = entry;
  const [first, ...more] = couponIdsOf(entry).map((couponId, ordinal) => {
    const data = { ...dataOf(entry), ...factsOf(coupons.get(couponId)) };
    return { position, ordinal, event: eventOf(entry, `${outboxId}.${couponId}`, couponId, data) };
  });
  if (first !== undefined) return [first, ...more];
  return [{ position, ordinal: 0, event: eventOf(entry, outboxId, subjectId, dataOf(entry)) }];
}

function eventOf(
  { type, createdAtMs }: LogEntry,
  id: string,
  subject: string,
  data: CloudEvent['data'],
): CloudEvent {
  return {
    specversion: '1.0',
    id,
    source: EVENT_SOURCE,
    type,
    subject,
    time: new Date(createdAtMs).toISOString(),
    datacontenttype: 'application/json',
    data,
  };
}

function dataOf({ type, payload }: LogEntry): CloudEvent['data'] {
  const { couponIds: _couponIds, subjectId: _subjectId, at: _at, ...rest } = payload;
  return { ...(type === 'coupon.claimed' ? CLAIMED : {}), ...rest };
}

function factsOf(coupon: CouponFacts | undefined): CloudEvent['data'] {
  if (coupon === undefined) return {};
  return {
    userId: coupon.userId,
    templateId: coupon.templateId,
    templateVersion: coupon.templateVersion,
    channel: coupon.channel,
    faceValueMinor: coupon.faceValueMinor,
    claimedAt: new Date(coupon.claimedAtMs).toISOString(),
    validFrom: new Date(coupon.validFromMs).toISOString(),
    expiresAt: new Date(coupon.expiresAtMs).toISOString(),
  };
}
