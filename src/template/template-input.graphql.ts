/** What operators send. The classes have the shape of RulesInput, so they are handed on as they are. */
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { MoneyInput } from '../graph/money.graphql.js';
import { resultUnion } from '../graph/result-union.js';
import { CurrencyCodeScalar, DateTimeScalar, DecimalScalar } from '../graph/scalars.js';
import {
  ClaimMethodEnum,
  CouponTypeEnum,
  GrantTriggerEnum,
  RiskPolicyEnum,
  StackStrategyEnum,
  ThresholdBasisEnum,
  VerificationPolicyEnum,
} from './template-parts.graphql.js';
import { TemplateObject } from './template.graphql.js';
import type {
  ClaimMethod,
  CouponType,
  GrantTrigger,
  RiskPolicy,
  StackStrategy,
  ThresholdBasis,
  VerificationPolicy,
} from './template.types.js';

@InputType('LocalizedNameInput')
export class LocalizedNameInput {
  @Field(() => String) language!: string;
  @Field(() => String) name!: string;
}

@InputType('DiscountTierInput')
export class DiscountTierInput {
  @Field(() => MoneyInput) threshold!: MoneyInput;
  @Field(() => MoneyInput) amount!: MoneyInput;
}

@InputType('RedPacketRuleInput')
export class RedPacketRuleInput {
  @Field(() => MoneyInput) min!: MoneyInput;
  @Field(() => MoneyInput) max!: MoneyInput;
  @Field(() => MoneyInput) budget!: MoneyInput;
}

@InputType('UsageScopeInput')
export class UsageScopeInput {
  @Field(() => [ID], { nullable: true }) includeProducts?: string[] | null;
  @Field(() => [ID], { nullable: true }) excludeProducts?: string[] | null;
  @Field(() => [ID], { nullable: true }) includeCategories?: string[] | null;
  @Field(() => [ID], { nullable: true }) excludeCategories?: string[] | null;
}

@InputType('ValidityInput')
export class ValidityInput {
  @Field(() => Int, { nullable: true }) days?: number | null;
  @Field(() => DateTimeScalar, { nullable: true }) from?: number | null;
  @Field(() => DateTimeScalar, { nullable: true }) until?: number | null;
  @Field(() => String, { nullable: true, defaultValue: 'UTC' }) timeZone?: string | null;
}

@InputType('ShareRuleInput')
export class ShareRuleInput {
  @Field(() => Int) acceptLimit!: number;
  @Field(() => ID, { nullable: true }) rewardTemplateId?: string | null;
}

@InputType('ClaimLimitsInput', {
  description:
    'Claims let in before the caller is asked or refused. null: as the service is set up; 0: any number.',
})
export class ClaimLimitsInput {
  @Field(() => Int, { nullable: true, description: 'From one network, of this template.' })
  perNetworkPerHour?: number | null;
  @Field(() => Int, { nullable: true, description: 'From one device, of all templates.' })
  perDevicePerDay?: number | null;
}

@InputType('CreateTemplateInput')
export class CreateTemplateInput {
  @Field(() => [LocalizedNameInput], { description: 'The first is the default language.' })
  names!: LocalizedNameInput[];
  @Field(() => CouponTypeEnum) type!: CouponType;
  @Field(() => CurrencyCodeScalar) currency!: string;
  @Field(() => [DiscountTierInput], { nullable: true }) tiers?: DiscountTierInput[] | null;
  @Field(() => Boolean, { nullable: true, defaultValue: false }) repeatable?: boolean | null;
  @Field(() => MoneyInput, { nullable: true }) amount?: MoneyInput | null;
  @Field(() => DecimalScalar, { nullable: true, description: 'What is paid: "0.80" is 20 % off.' })
  rate?: string | null;
  @Field(() => MoneyInput, { nullable: true }) maxDiscount?: MoneyInput | null;
  @Field(() => RedPacketRuleInput, { nullable: true }) redPacket?: RedPacketRuleInput | null;
  @Field(() => MoneyInput, { nullable: true }) threshold?: MoneyInput | null;
  @Field(() => ThresholdBasisEnum, { nullable: true, defaultValue: 'REMAINING' })
  thresholdBasis?: ThresholdBasis | null;
  @Field(() => UsageScopeInput, { nullable: true }) scope?: UsageScopeInput | null;
  @Field(() => StackStrategyEnum, { nullable: true, defaultValue: 'NONE' })
  stackStrategy?: StackStrategy | null;
  @Field(() => Int, { nullable: true, defaultValue: 0 }) priority?: number | null;
  @Field(() => String, { nullable: true }) exclusionGroup?: string | null;
  @Field(() => ClaimMethodEnum, { nullable: true, defaultValue: 'OPEN' })
  claimMethod?: ClaimMethod | null;
  @Field(() => GrantTriggerEnum, { nullable: true }) grantOn?: GrantTrigger | null;
  @Field(() => Int, { nullable: true, description: 'null: unlimited.' }) totalCount?: number | null;
  @Field(() => Int, { nullable: true, defaultValue: 1 }) perUserLimit?: number | null;
  @Field(() => Int, {
    nullable: true,
    description: 'Splits the stock of a very hot template over as many masters of a Redis Cluster.',
  })
  subStocks?: number | null;
  @Field(() => [String], { nullable: true }) userLevels?: string[] | null;
  @Field(() => DateTimeScalar) claimFrom!: number;
  @Field(() => DateTimeScalar, { description: 'Exclusive.' }) claimUntil!: number;
  @Field(() => ValidityInput) validity!: ValidityInput;
  @Field(() => ShareRuleInput, { nullable: true }) share?: ShareRuleInput | null;
  @Field(() => String, { nullable: true }) experiment?: string | null;
  @Field(() => Int, { nullable: true }) experimentWeight?: number | null;
  @Field(() => [ID], { nullable: true, description: 'Only these may claim.' })
  audience?: string[] | null;
  @Field(() => VerificationPolicyEnum, { nullable: true, defaultValue: 'NEVER' })
  verification?: VerificationPolicy | null;
  @Field(() => RiskPolicyEnum, { nullable: true, defaultValue: 'FAIL_OPEN' })
  riskPolicy?: RiskPolicy | null;
  @Field(() => ClaimLimitsInput, { nullable: true }) limits?: ClaimLimitsInput | null;
}

@InputType('UpdateTemplateInput')
export class UpdateTemplateInput {
  @Field(() => ID) id!: string;
  @Field(() => Int) expectedVersion!: number;
  @Field(() => CreateTemplateInput) template!: CreateTemplateInput;
}

@InputType('TemplateActionInput')
export class TemplateActionInput {
  @Field(() => ID) id!: string;
  @Field(() => Int, { nullable: true, description: 'Required to approve.' })
  expectedVersion?: number | null;
  @Field(() => String, { nullable: true }) reason?: string | null;
}

@ObjectType('TemplateSaved')
export class TemplateSavedObject {
  @Field(() => TemplateObject) template!: TemplateObject;
}

export const TemplateResult = resultUnion('TemplateResult', () => TemplateSavedObject);
