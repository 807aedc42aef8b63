/** What an operator sends: the GraphQL input as plain values; moments are epoch milliseconds. */
import type {
  ClaimMethod,
  CouponType,
  GrantTrigger,
  LocalizedName,
  RiskPolicy,
  StackStrategy,
  ThresholdBasis,
  VerificationPolicy,
} from '../template.types.js';

export interface MoneyText {
  readonly amount: string;
  readonly currency: string;
}
type Maybe<T> = T | null | undefined;

export interface RulesInput {
  readonly names: readonly LocalizedName[];
  readonly type: CouponType;
  readonly currency: string;
  readonly tiers?: Maybe<readonly { readonly threshold: MoneyText; readonly amount: MoneyText }[]>;
  readonly repeatable?: Maybe<boolean>;
  readonly amount?: Maybe<MoneyText>;
  readonly rate?: Maybe<string>;
  readonly maxDiscount?: Maybe<MoneyText>;
  readonly redPacket?: Maybe<{
    readonly min: MoneyText;
    readonly max: MoneyText;
    readonly budget: MoneyText;
  }>;
  readonly threshold?: Maybe<MoneyText>;
  readonly thresholdBasis?: Maybe<ThresholdBasis>;
  readonly scope?: Maybe<{
    readonly includeProducts?: Maybe<readonly string[]>;
    readonly excludeProducts?: Maybe<readonly string[]>;
    readonly includeCategories?: Maybe<readonly string[]>;
    readonly excludeCategories?: Maybe<readonly string[]>;
  }>;
  readonly stackStrategy?: Maybe<StackStrategy>;
  readonly priority?: Maybe<number>;
  readonly exclusionGroup?: Maybe<string>;
  readonly claimMethod?: Maybe<ClaimMethod>;
  readonly grantOn?: Maybe<GrantTrigger>;
  readonly totalCount?: Maybe<number>;
  readonly perUserLimit?: Maybe<number>;
  readonly subStocks?: Maybe<number>;
  readonly userLevels?: Maybe<readonly string[]>;
  readonly claimFrom: number;
  readonly claimUntil: number;
  readonly validity: {
    readonly days?: Maybe<number>;
    readonly from?: Maybe<number>;
    readonly until?: Maybe<number>;
    readonly timeZone?: Maybe<string>;
  };
  readonly share?: Maybe<{
    readonly acceptLimit: number;
    readonly rewardTemplateId?: Maybe<string>;
  }>;
  readonly experiment?: Maybe<string>;
  readonly experimentWeight?: Maybe<number>;
  readonly audience?: Maybe<readonly string[]>;
  readonly verification?: Maybe<VerificationPolicy>;
  readonly riskPolicy?: Maybe<RiskPolicy>;
  readonly limits?: Maybe<{
    readonly perNetworkPerHour?: Maybe<number>;
    readonly perDevicePerDay?: Maybe<number>;
  }>;
}
