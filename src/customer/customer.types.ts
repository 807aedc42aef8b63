/** The words of customers: what other services tell of them, and what is kept. */
import type { FailureCode } from '../kernel/rejection.js';

export const CUSTOMER_EVENT_TYPES = ['REGISTERED', 'PROFILE_CHANGED'] as const;
export type CustomerEventType = (typeof CUSTOMER_EVENT_TYPES)[number];

/** All that is known of a customer at a moment; null: not known. */
export interface Profile {
  /** `MM-DD`. The year is nobody's business here. */
  readonly birthday: string | null;
  readonly level: string | null;
  /** Of IANA, e.g. Asia/Shanghai. */
  readonly timeZone: string | null;
}

export interface CustomerEvent {
  readonly type: CustomerEventType;
  readonly userId: string;
  readonly occurredAtMs: number;
  /** undefined: the event says nothing of it. */
  readonly profile: Profile | undefined;
  /** The hash of the service's id of the event. */
  readonly eventKey: string;
  /** The hash of all of the event: tells a repetition from a conflict. */
  readonly fingerprint: string;
}

/** An event as it is written down. */
export interface RecordedEvent {
  readonly id: string;
  readonly fingerprint: string;
  /** OPEN: some of its templates are not decided yet. */
  readonly status: 'OPEN' | 'DONE';
}

/** One template of an event. Neither coupon nor refusal: not decided yet. */
export interface TriggeredGrant {
  readonly templateId: string;
  readonly couponId: string | null;
  readonly refusal: FailureCode | null;
}

/** A customer whose birthday began. */
export interface Celebrant {
  readonly userId: string;
  readonly birthday: string;
  readonly timeZone: string | null;
  /** When the birthday began where the customer is. */
  readonly dueAtMs: number;
}

/** What became of one template for one customer. */
export type Decision =
  | { readonly state: 'GRANTED'; readonly couponId: string }
  | { readonly state: 'REFUSED'; readonly code: FailureCode }
  /** Nobody knows, or nothing was done: the same question again tells. */
  | { readonly state: 'PENDING'; readonly code: FailureCode };
