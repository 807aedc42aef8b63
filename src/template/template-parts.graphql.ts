import { Field, ID, Int, ObjectType } from 'type-graphql';
import { enumOf } from '../graph/enum-of.js';
import { MoneyObject } from '../graph/money.graphql.js';
import { DateTimeScalar } from '../graph/scalars.js';
import { COUPON_TYPES, TEMPLATE_STATUSES } from './template.types.js';

export const TemplateStatusEnum = enumOf('TemplateStatus', TEMPLATE_STATUSES);
export const CouponTypeEnum = enumOf('CouponType', COUPON_TYPES);
export const StackStrategyEnum = enumOf('StackStrategy', ['NONE', 'SAME_TYPE', 'ALL']);
export const ThresholdBasisEnum = enumOf(
  'ThresholdBasis',
  ['REMAINING', 'ORIGINAL'],
  'Of the lines in scope: what is left in its turn, or what they cost at first.',
);
export const ClaimMethodEnum = enumOf(
  'ClaimMethod',
  ['OPEN', 'CODE', 'GRANT_ONLY', 'SHARE'],
  'OPEN: anyone eligible may claim.',
);
export const GrantTriggerEnum = enumOf('GrantTrigger', ['REGISTERED', 'BIRTHDAY']);
export const VerificationPolicyEnum = enumOf('VerificationPolicy', [
  'NEVER',
  'WHEN_RISKY',
  'ALWAYS',
]);
export const RiskPolicyEnum = enumOf(
  'RiskPolicy',
  ['FAIL_OPEN', 'FAIL_CLOSED'],
  'When the risk service does not answer.',
);

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
  @Field(() => String, {
    nullable: true,
    description:
      'SHA-256 of the seed that decides every draw, in hex. Null: the template was never active.',
  })
  seedHash!: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'The seed, for operators, once nobody can draw by it any more.',
  })
  seed!: string | null;
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
