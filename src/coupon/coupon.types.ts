/** The words of a coupon: one coupon in one user's wallet. */
export const COUPON_STATUSES = ['UNUSED', 'HELD', 'USED', 'EXPIRED', 'FROZEN', 'REVOKED'] as const;
export type CouponStatus = (typeof COUPON_STATUSES)[number];

export interface Coupon {
  readonly id: string;
  readonly templateId: string;
  readonly templateVersion: number;
  readonly userId: string;
  /** 1 to the template's perUserLimit; a user's coupons of a template have different ones. */
  readonly slot: number;
  /** As stored; see statusAt for what it is by the clock. */
  readonly status: CouponStatus;
  /** 1 after the claim, one more with every change of state. */
  readonly version: number;
  readonly code: string;
  readonly claimKey: string;
  readonly claimFingerprint: string;
  readonly channel: string | null;
  /** The batch of the code that it was claimed with. */
  readonly batchId: string | null;
  /** RED_PACKET: the amount drawn. */
  readonly faceValueMinor: number | null;
  readonly drawNo: number | null;
  readonly claimedAtMs: number;
  readonly validFromMs: number;
  /** Exclusive. */
  readonly expiresAtMs: number;
  /** HELD: until when. */
  readonly heldUntilMs: number | null;
  /** HELD and USED: the redemption that has it. */
  readonly redemptionId: string | null;
  readonly orderId: string | null;
  readonly usedAtMs: number | null;
  /** What it really took off, once used. */
  readonly discountMinor: number | null;
}
