import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { MoneyObject } from '../graph/money.graphql.js';
import { DateTimeScalar } from '../graph/scalars.js';

const enumOf = <const T extends readonly string[]>(values: T) =>
  Object.fromEntries(values.map((value) => [value, value])) as { [V in T[number]]: V };

export const TemplateStatusEnum = enumOf([
  'DRAFT',
  'IN_REVIEW',
  'APPROVED',
  'ACTIVE',
  'STOPPED',
  'EXPIRED',
]);
export const CouponTypeEnum = enumOf([
  'FULL_CUT',
  'DISCOUNT',
  'DIRECT_CUT',
  'RED_PACKET',
  'EXCHANGE',
]);
export const StackStrategyEnum = enumOf(['NONE', 'SAME_TYPE', 'ALL']);
export const ThresholdBasisEnum = enumOf(['REMAINING', 'ORIGINAL']);
export const ClaimMethodEnum = enumOf(['OPEN', 'CODE', 'GRANT_ONLY', 'SHARE']);
export const GrantTriggerEnum = enumOf(['REGISTERED', 'BIRTHDAY']);
export const VerificationPolicyEnum = enumOf(['NEVER', 'WHEN_RISKY', 'ALWAYS']);
export const RiskPolicyEnum = enumOf(['FAIL_OPEN', 'FAIL_CLOSED']);

registerEnumType(TemplateStatusEnum, { name: 'TemplateStatus' });
registerEnumType(CouponTypeEnum, { name: 'CouponType' });
registerEnumType(StackStrategyEnum, { name: 'StackStrategy' });
registerEnumType(ThresholdBasisEnum, {
  name: 'ThresholdBasis',
  description: 'Of the lines in scope: what is left in its turn, or what they cost at first.',
});
registerEnumType(ClaimMethodEnum, {
  name: 'ClaimMethod',
  description: 'OPEN: anyone eligible may claim.',
});
registerEnumType(GrantTriggerEnum, { name: 'GrantTrigger' });
registerEnumType(VerificationPolicyEnum, { name: 'VerificationPolicy' });
registerEnumType(RiskPolicyEnum, {
  name: 'RiskPolicy',
  description: 'When the risk service does not answer.',
});

@ObjectType('LocalizedName')
export class LocalizedNameObject {
  @Field(() => String) language!: string;
  @Field(() => String) name!: string;
}

@ObjectType('DiscountTier')
export class DiscountTierObject {
  @Field(() => MoneyObject) threshold!: MoneyObject;
  @Field(() => MoneyObject) amount!: MoneyObject;
}

@ObjectType('RedPacketRule')
export class RedPacketRuleObject {
  @Field(() => MoneyObject) min!: MoneyObject;
  @Field(() => MoneyObject) max!: MoneyObject;
  @Field(() => MoneyObject) budget!: MoneyObject;
}

@ObjectType('UsageScope', { description: 'Which cart lines count. An exclusion wins.' })
export class UsageScopeObject {
  @Field(() => [ID]) includeProducts!: readonly string[];
  @Field(() => [ID]) excludeProducts!: readonly string[];
  @Field(() => [ID]) includeCategories!: readonly string[];
  @Field(() => [ID]) excludeCategories!: readonly string[];
}

@ObjectType('Validity', {
  description: 'Days after the claim (end of day in timeZone), or a fixed window.',
})
export class ValidityObject {
  @Field(() => Int, { nullable: true }) days!: number | null;
  @Field(() => DateTimeScalar, { nullable: true }) from!: number | null;
  @Field(() => DateTimeScalar, { nullable: true, description: 'Exclusive.' }) until!: number | null;
  @Field(() => String) timeZone!: string;
}

@ObjectType('ChannelCount')
export class ChannelCountObject {
  @Field(() => String) channel!: string;
  @Field(() => Int) issued!: number;
  @Field(() => Int) used!: number;
}

@ObjectType('TemplateStats')
export class TemplateStatsObject {
  @Field(() => Int) issued!: number;
  @Field(() => Int) unused!: number;
  @Field(() => Int) held!: number;
  @Field(() => Int) used!: number;
  @Field(() => Int) expired!: number;
  @Field(() => Int) frozen!: number;
  @Field(() => Int) revoked!: number;
  @Field(() => MoneyObject) discountGiven!: MoneyObject;
  @Field(() => [ChannelCountObject]) byChannel!: ChannelCountObject[];
}
