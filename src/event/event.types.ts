/** The words of events on their way: rows of the log, and what others are told. */

/** One row of the outbox with its place in the order of telling. */
export interface LogEntry {
  readonly position: number;
  readonly outboxId: string;
  readonly type: string;
  readonly subjectId: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly createdAtMs: number;
}

/** What of a coupon never changes; what an event for it says. */
export interface CouponFacts {
  readonly id: string;
  readonly userId: string;
  readonly templateId: string;
  readonly templateVersion: number;
  readonly channel: string | null;
  readonly faceValueMinor: number | null;
  readonly claimedAtMs: number;
  readonly validFromMs: number;
  readonly expiresAtMs: number;
}

/** One event as others are told it: CloudEvents 1.0 in JSON. */
export interface CloudEvent {
  readonly specversion: '1.0';
  /** The same at every try; what a receiver remembers to see a repetition. */
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** Whose event: a coupon, redemption, template or webhook. Events of one subject come in their order. */
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: Readonly<Record<string, unknown>>;
}

/** An event with its place: of the row of the log, and among the events of that row. */
export interface PlacedEvent {
  readonly position: number;
  readonly ordinal: number;
  readonly event: CloudEvent;
}

/** The coupons with these ids; those that are not there are left out. */
export type ReadCouponFacts = (ids: readonly string[]) => Promise<readonly CouponFacts[]>;
