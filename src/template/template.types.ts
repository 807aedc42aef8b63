/**
 * The words of a template: the rules of a coupon and how many there are.
 * `TemplateRules` is one immutable version; a coupon keeps the version it was issued under.
 */
export const TEMPLATE_STATUSES = [
  'DRAFT',
  'IN_REVIEW',
  'APPROVED',
  'ACTIVE',
  'STOPPED',
  'EXPIRED',
] as const;
export type TemplateStatus = (typeof TEMPLATE_STATUSES)[number];

export const COUPON_TYPES = [
  'FULL_CUT',
  'DISCOUNT',
  'DIRECT_CUT',
  'RED_PACKET',
  'EXCHANGE',
] as const;
export type CouponType = (typeof COUPON_TYPES)[number];

export type StackStrategy = 'NONE' | 'SAME_TYPE' | 'ALL';
export type ThresholdBasis = 'REMAINING' | 'ORIGINAL';
export type ClaimMethod = 'OPEN' | 'CODE' | 'GRANT_ONLY' | 'SHARE';
export type GrantTrigger = 'REGISTERED' | 'BIRTHDAY';
export type VerificationPolicy = 'NEVER' | 'WHEN_RISKY' | 'ALWAYS';
export type RiskPolicy = 'FAIL_OPEN' | 'FAIL_CLOSED';

export interface LocalizedName {
  readonly language: string;
  readonly name: string;
}
export interface DiscountTier {
  readonly thresholdMinor: number;
  readonly amountMinor: number;
}
export interface RedPacketRule {
  readonly minMinor: number;
  readonly maxMinor: number;
  readonly budgetMinor: number;
  /** The seed decides which draw has which place; missing: draws are places, as they once were. */
  readonly areDrawsMixed?: boolean;
}
export interface UsageScope {
  readonly includeProducts: readonly string[];
  readonly excludeProducts: readonly string[];
  readonly includeCategories: readonly string[];
  readonly excludeCategories: readonly string[];
}
/** Days after the claim (to the end of the day in timeZone), or a fixed window; exactly one is set. */
export interface Validity {
  readonly days: number | null;
  readonly fromMs: number | null;
  /** Exclusive. */
  readonly untilMs: number | null;
  readonly timeZone: string;
}
export interface ShareRule {
  readonly acceptLimit: number;
  readonly rewardTemplateId: string | null;
}

/** How many claims are let in before the guard asks or refuses; null: as the deployment has it; 0: any number. */
export interface TemplateLimits {
  /** From one network in any hour. */
  readonly perNetworkPerHour: number | null;
  /** From one device in any 24 hours, those of other templates included. */
  readonly perDevicePerDay: number | null;
}

/** What a coupon takes off, and beside which others: all that a quote needs of a template. */
export interface DiscountRules {
  readonly type: CouponType;
  readonly currency: string;
  /** FULL_CUT: ascending thresholds; the best tier reached applies. */
  readonly tiers: readonly DiscountTier[];
  /** FULL_CUT with one tier: every full threshold cuts again. */
  readonly repeatable: boolean;
  /** DIRECT_CUT. */
  readonly amountMinor: number | null;
  /** DISCOUNT: what is paid, in basis points; 8000 is 20 % off. */
  readonly rateBps: number | null;
  /** DISCOUNT and repeatable FULL_CUT. */
  readonly maxDiscountMinor: number | null;
  /** Minimum spend for the types without tiers. */
  readonly thresholdMinor: number | null;
  readonly thresholdBasis: ThresholdBasis;
  readonly scope: UsageScope;
  readonly stackStrategy: StackStrategy;
  /** Larger is applied earlier. */
  readonly priority: number;
  readonly exclusionGroup: string | null;
  /** Empty: everyone. */
  readonly userLevels: readonly string[];
}

export interface TemplateRules extends DiscountRules {
  /** The first is the default language. */
  readonly names: readonly LocalizedName[];
  readonly redPacket: RedPacketRule | null;
  readonly claimMethod: ClaimMethod;
  readonly grantOn: GrantTrigger | null;
  /** null: unlimited. */
  readonly totalCount: number | null;
  readonly perUserLimit: number;
  /** Over how many parts Redis splits the stock; missing: 1. Read it with rules/sub-stocks.ts. */
  readonly subStocks?: number;
  readonly claimFromMs: number;
  /** Exclusive. */
  readonly claimUntilMs: number;
  readonly validity: Validity;
  readonly share: ShareRule | null;
  readonly experiment: string | null;
  readonly experimentWeight: number | null;
  /** Empty: everyone; else only these may claim. */
  readonly audience: readonly string[];
  readonly verification: VerificationPolicy;
  readonly riskPolicy: RiskPolicy;
  readonly limits: TemplateLimits;
}

/** One template as it stands: its lifecycle and its current version's rules. */
export interface Template {
  readonly id: string;
  readonly status: TemplateStatus;
  readonly version: number;
  /** Counts every change of rules or status. */
  readonly revision: number;
  readonly rules: TemplateRules;
  readonly authorId: string;
  readonly issued: number;
  /** Raised whenever Redis' view of the template must be thrown away; fences late writers. */
  readonly epoch: number;
  /** The highest number of a reservation that was committed: a Redis that has numbered fewer lost some. */
  readonly committedSeq: number;
  /** Red packets draw from (seed, draw number); secret. */
  readonly seed: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}
