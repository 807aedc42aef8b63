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

/** Of one template that is being issued and has a total. */
export interface Stock {
  readonly templateId: string;
  readonly remaining: number;
  readonly total: number;
}

/** What operators watch of everything together, read at intervals. */
export interface Numbers {
  /** Those with the least left of their total, the least first; STOCK_SHOWN_MAX at most. */
  readonly lowest: readonly Stock[];
  /** All others that are being issued and have a total, added up. */
  readonly others: Omit<Stock, 'templateId'>;
  readonly templates: Readonly<Record<string, number>>;
  /** Coupons by state, as the templates were counted last; `expiring` are among the unused. */
  readonly coupons: Readonly<Record<string, number>>;
  /** Reservations that nobody could commit and that a person should look at. */
  readonly quarantined: number;
}
