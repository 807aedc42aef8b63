/** The words of webhooks: endpoints, what waits at them, and what became of a try. */

export const ENDPOINT_STATUSES = ['ENABLED', 'DISABLED', 'DELETED'] as const;
export type EndpointStatus = (typeof ENDPOINT_STATUSES)[number];

/** What signs. Two live ones while one is being replaced. */
export interface WebhookSecret {
  /** `whsec_` and the key in base64. */
  readonly secret: string;
  /** null: until it is replaced. */
  readonly expiresAtMs: number | null;
}

export interface WebhookEndpoint {
  readonly id: string;
  readonly url: string;
  /** Of the events it is told: names, or `coupon.*`; empty: all. */
  readonly types: readonly string[];
  readonly status: EndpointStatus;
  readonly version: number;
  /** As stored; see sealed-secrets.ts. */
  readonly secrets: string;
  /** Up to there it was told everything, or it waits. */
  readonly position: number;
  /** Since when every try failed; null: the last one did not. */
  readonly failingSinceMs: number | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** An event that an endpoint did not take. */
export interface WaitingDelivery {
  readonly id: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly subjectId: string;
  readonly type: string;
  readonly position: number;
  readonly ordinal: number;
  readonly body: string;
  readonly status: 'WAITING' | 'DEAD';
  readonly tries: number;
  /** null: behind an earlier one of its subject, or dead. */
  readonly nextAtMs: number | null;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** What became of one try. */
export type TryOutcome =
  | { readonly kind: 'DELIVERED' }
  | {
      readonly kind: 'FAILED';
      /** null: no answer. */
      readonly status: number | null;
      readonly error: string;
      /** The receiver asked not to be tried sooner. */
      readonly retryAfterMs: number | null;
    }
  /** The endpoint is left alone now, or its round is over: this counts as no try. */
  | { readonly kind: 'NOT_TRIED' };

export type FailedTry = Extract<TryOutcome, { kind: 'FAILED' }>;

/** What is counted of deliveries. */
export type DeliveryOutcome = 'delivered' | 'failed' | 'dead';
