/** The words of the numbers that operators watch. */

/** What became of a template's coupons. Every coupon is in exactly one of the states. */
export interface CouponCounts {
  readonly unused: number;
  readonly held: number;
  readonly used: number;
  readonly expired: number;
  readonly frozen: number;
  readonly revoked: number;
  /** Of the unused: those that expire within EXPIRING_SOON_MS. */
  readonly expiring: number;
  /** What used coupons took off, in minor units of the template's currency. */
  readonly discountGivenMinor: number;
  /** The largest first. Coupons of no channel are under ''. */
  readonly byChannel: readonly ChannelCount[];
}

export interface ChannelCount {
  readonly channel: string;
  readonly issued: number;
  readonly used: number;
}

export interface TemplateStats extends CouponCounts {
  readonly issued: number;
  /** When the count was finished, epoch milliseconds. */
  readonly countedAtMs: number;
}
