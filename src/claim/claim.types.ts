/** The words of a claim: draft (what is asked), reservation (Redis has it), outcome (MySQL has decided). */
import type { Coupon } from '../coupon/coupon.types.js';
import type { FailureCode } from '../kernel/rejection.js';

/** What a gate is found by in Redis: `ID` of its template, or `ID:k` for part k of a split one, k from 1. */
export type GateTag = string;

/**
 * By what way a coupon is issued, and of which origin: the batch of a code, a share, a grant, or what
 * triggered it (a full share, an event, a birthday). A code has its number in the batch, which is claimed once; null: one
 * that many people may use.
 */
export type Via =
  | { readonly kind: 'OPEN' }
  | { readonly kind: 'CODE'; readonly originId: string; readonly serial: number | null }
  | { readonly kind: 'SHARE' | 'GRANT' | 'TRIGGER'; readonly originId: string };
export type Way = Via['kind'];

export const OPEN: Via = { kind: 'OPEN' };

/** Everything about a coupon-to-be that is known before Redis is asked. It travels in the journal. */
export interface ClaimDraft {
  readonly couponId: string;
  readonly templateId: string;
  readonly templateVersion: number;
  readonly userId: string;
  readonly claimKey: string;
  readonly claimFingerprint: string;
  readonly via: Via;
  readonly channel: string | null;
  readonly code: string;
  readonly claimedAtMs: number;
  readonly validFromMs: number;
  readonly expiresAtMs: number;
}

/** Who asks, and with which key: all that a refusal is decided by. */
export type Claimant = Pick<ClaimDraft, 'userId' | 'claimKey'>;

/** A draft that Redis has let in. */
export interface Reservation {
  readonly draft: ClaimDraft;
  /** Whose journal has it. */
  readonly tag: GateTag;
  readonly journalId: string;
  readonly epoch: number;
  /**
   * Its number among all reservations of the template: MySQL remembers the highest that was committed.
   * 0 where the template is split: the parts number each for itself, and the highest of one says nothing
   * of another.
   */
  readonly seq: number;
  readonly slot: number;
  readonly drawNo: number | null;
  readonly faceValueMinor: number | null;
  /** It may already be in MySQL: an earlier try's answer was lost, or its process died. */
  readonly mayExist: boolean;
}

/** What Redis says of one gate. */
export interface GateView {
  readonly epoch: number;
  /** It was opened in this life of the server: a restart may have brought it back from the past. */
  readonly isOfThisLife: boolean;
  /** null: unlimited. */
  readonly stock: number | null;
  /** The number of the last reservation. */
  readonly seq: number;
  /** Reservations that are not yet settled. */
  readonly pending: number;
  /** How often units were lent or borrowed; like the two that follow, 0 unless the template is split. */
  readonly moves: number;
  /** Units that were lent to other parts and may not have arrived. */
  readonly lent: number;
  /** They were lent so long ago that they will not arrive. */
  readonly isLoanLost: boolean;
}

/** What became of a reservation in MySQL. */
export type CommitOutcome =
  /** It is in MySQL, exactly once, for ever. */
  | { readonly kind: 'COMMITTED' }
  /** The same user's key was used before, for this coupon. */
  | { readonly kind: 'DUPLICATE'; readonly coupon: Coupon }
  /** Not committed and never will be, whoever tries: its code was used, its share is full, … */
  | { readonly kind: 'REFUSED'; readonly code: FailureCode }
  /** Not committed and never will be: Redis' view of the template was not the truth. */
  | { readonly kind: 'STALE' }
  /** Not committed: MySQL could not be asked. */
  | { readonly kind: 'UNAVAILABLE' }
  /** MySQL was asked and cannot take this row; an earlier try may have. */
  | { readonly kind: 'POISONED'; readonly reason: string; readonly mayExist: boolean }
  /** The answer of MySQL was lost. The journal keeps the reservation until somebody finds out. */
  | { readonly kind: 'UNKNOWN' };

/** The coupon that a committed reservation is. */
export function couponOf(reservation: Reservation): Coupon {
  const { draft, slot, drawNo, faceValueMinor } = reservation;
  const { couponId, via, ...rest } = draft;
  return {
    ...rest,
    id: couponId,
    batchId: via.kind === 'CODE' ? via.originId : null,
    slot,
    status: 'UNUSED',
    version: 1,
    faceValueMinor,
    drawNo,
    heldUntilMs: null,
    redemptionId: null,
    orderId: null,
    usedAtMs: null,
    discountMinor: null,
  };
}
