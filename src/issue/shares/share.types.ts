/** The words of sharing: a user passes on an invitation, others accept it, and who shared is rewarded. */
import type { FailureCode } from '../../kernel/rejection.js';

/** PENDING: not yet earned, or owed and about to be paid. */
export const REWARD_STATUSES = ['PENDING', 'PAID', 'REFUSED'] as const;

export interface ShareReward {
  readonly templateId: string;
  readonly status: (typeof REWARD_STATUSES)[number];
  /** PAID. */
  readonly couponId: string | null;
  /** REFUSED: why, e.g. SOLD_OUT. */
  readonly refusal: FailureCode | null;
  /** When it was paid or refused. */
  readonly settledAtMs: number | null;
}

/** One user's share of one template. */
export interface Share {
  readonly id: string;
  readonly templateId: string;
  /** The sharer. */
  readonly userId: string;
  /** What the link carries: 128 random bits, 22 characters. */
  readonly token: string;
  readonly acceptLimit: number;
  /** How many more may accept it; never grows. */
  readonly placesLeft: number;
  /** null: who shares is not rewarded. */
  readonly reward: ShareReward | null;
  readonly createdAtMs: number;
}
