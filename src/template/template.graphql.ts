/**
 * A template as the graph shows it: a view over the domain's, every field computed when it is asked for.
 * What needs a store (share, history) is in template.resolver.ts, its numbers in src/numbers.
 */
import { Arg, Ctx, Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import { MoneyObject, toMoneyOf, toNullableMoney } from '../graph/money.graphql.js';
import { PageInfoObject } from '../graph/paging.js';
import type { RequestContext } from '../graph/request.js';
import { CurrencyCodeScalar, DateTimeScalar, DecimalScalar } from '../graph/scalars.js';
import { nameIn } from './rules/name-in.js';
import { subStocksOf } from './rules/sub-stocks.js';
import { isDrawingOver, seedHashOf } from './rules/seed-hash.js';
import { statusAt } from './rules/template-lifecycle.js';
import {
  ClaimMethodEnum,
  CouponTypeEnum,
  DiscountTierObject,
  GrantTriggerEnum,
  LocalizedNameObject,
  RedPacketRuleObject,
  StackStrategyEnum,
  TemplateStatusEnum,
  ThresholdBasisEnum,
  UsageScopeObject,
  ValidityObject,
} from './template-parts.graphql.js';
import type { Template, TemplateRules } from './template.types.js';

@Directive('@key(fields: "id")')
@ObjectType('Template', { description: 'The rules of a coupon and how many there are.' })
export class TemplateObject {
  constructor(
    readonly template: Template,
    private readonly nowMs: number,
  ) {}

  private get rules(): TemplateRules {
    return this.template.rules;
  }

  @Field(() => ID)
  get id(): string {
    return this.template.id;
  }

  @Field(() => String, {
    description:
      'In the language, or without one in the first of Accept-Language that there is. Falls back to the default language.',
  })
  name(
    @Ctx() { caller }: RequestContext,
    @Arg('language', () => String, { nullable: true }) language: string | null | undefined,
  ): string {
    return nameIn(this.rules.names, typeof language === 'string' ? [language] : caller.languages);
  }

  @Field(() => TemplateStatusEnum)
  get status() {
    return statusAt(this.template, this.nowMs);
  }

  @Field(() => Int)
  get version(): number {
    return this.template.version;
  }

  @Field(() => [LocalizedNameObject], { description: 'The first is the default language.' })
  get names() {
    return this.rules.names;
  }

  @Field(() => CouponTypeEnum)
  get type(): string {
    return this.rules.type;
  }

  @Field(() => CurrencyCodeScalar)
  get currency(): string {
    return this.rules.currency;
  }

  @Field(() => [DiscountTierObject], {
    description: 'FULL_CUT: ascending; the best tier reached applies.',
  })
  get tiers() {
    return this.rules.tiers.map((tier) => ({
      threshold: toMoneyOf(tier.thresholdMinor, this.rules.currency),
      amount: toMoneyOf(tier.amountMinor, this.rules.currency),
    }));
  }

  @Field(() => Boolean, { description: 'FULL_CUT with one tier: every full threshold cuts again.' })
  get repeatable(): boolean {
    return this.rules.repeatable;
  }

  @Field(() => MoneyObject, { nullable: true, description: 'DIRECT_CUT.' })
  get amount() {
    return toNullableMoney(this.rules.amountMinor, this.rules.currency);
  }

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'DISCOUNT: what is paid, "0.80" is 20 % off.',
  })
  get rate(): string | null {
    return this.rules.rateBps === null ? null : formatRate(this.rules.rateBps);
  }

  @Field(() => MoneyObject, { nullable: true, description: 'DISCOUNT, repeatable FULL_CUT.' })
  get maxDiscount() {
    return toNullableMoney(this.rules.maxDiscountMinor, this.rules.currency);
  }

  @Field(() => RedPacketRuleObject, { nullable: true })
  get redPacket() {
    const { redPacket, currency } = this.rules;
    return (
      redPacket && {
        min: toMoneyOf(redPacket.minMinor, currency),
        max: toMoneyOf(redPacket.maxMinor, currency),
        budget: toMoneyOf(redPacket.budgetMinor, currency),
        ...seedView(this.template, this.nowMs),
      }
    );
  }

  @Field(() => MoneyObject, {
    nullable: true,
    description: 'Minimum spend for the types without tiers.',
  })
  get threshold() {
    return toNullableMoney(this.rules.thresholdMinor, this.rules.currency);
  }

  @Field(() => ThresholdBasisEnum)
  get thresholdBasis(): string {
    return this.rules.thresholdBasis;
  }

  @Field(() => UsageScopeObject)
  get scope() {
    return this.rules.scope;
  }

  @Field(() => StackStrategyEnum)
  get stackStrategy(): string {
    return this.rules.stackStrategy;
  }

  @Field(() => Int, { description: 'Larger is applied earlier.' })
  get priority(): number {
    return this.rules.priority;
  }

  @Field(() => String, {
    nullable: true,
    description: 'At most one coupon of a group in an order.',
  })
  get exclusionGroup(): string | null {
    return this.rules.exclusionGroup;
  }

  @Field(() => ClaimMethodEnum)
  get claimMethod(): string {
    return this.rules.claimMethod;
  }

  @Field(() => GrantTriggerEnum, { nullable: true })
  get grantOn(): string | null {
    return this.rules.grantOn;
  }

  @Field(() => Int, { nullable: true, description: 'null: unlimited.' })
  get totalCount(): number | null {
    return this.rules.totalCount;
  }

  @Field(() => Int, { nullable: true, description: 'null: unlimited. As of the last second.' })
  get remainingCount(): number | null {
    return this.rules.totalCount === null
      ? null
      : Math.max(0, this.rules.totalCount - this.template.issued);
  }

  @Field(() => Int)
  get perUserLimit(): number {
    return this.rules.perUserLimit;
  }

  @Field(() => Int, {
    nullable: true,
    description: 'Parts the stock is split into; operators see it.',
  })
  get subStocks(): number {
    return subStocksOf(this.rules);
  }

  @Field(() => [String], { description: 'Empty: everyone.' })
  get userLevels(): readonly string[] {
    return this.rules.userLevels;
  }

  @Field(() => DateTimeScalar)
  get claimFrom(): number {
    return this.rules.claimFromMs;
  }

  @Field(() => DateTimeScalar, { description: 'Exclusive.' })
  get claimUntil(): number {
    return this.rules.claimUntilMs;
  }

  @Field(() => ValidityObject)
  get validity() {
    const { days, fromMs, untilMs, timeZone } = this.rules.validity;
    return { days, from: fromMs, until: untilMs, timeZone };
  }

  @Field(() => String, { nullable: true, description: 'A/B test group; null: everyone.' })
  get experiment(): string | null {
    return this.rules.experiment;
  }
}

/** The hash from the moment it is ACTIVE; the seed itself only when nobody can draw by it any more. */
function seedView(template: Template, nowMs: number) {
  const status = statusAt(template, nowMs);
  const isCommitted = status === 'ACTIVE' || status === 'STOPPED' || status === 'EXPIRED';
  return {
    seedHash: isCommitted ? seedHashOf(template.seed) : null,
    seed: isDrawingOver(template, status) ? template.seed : null,
  };
}

/** Basis points as they were written: 8000 is "0.80", 8550 is "0.855". */
function formatRate(rateBps: number): string {
  return `0.${String(rateBps)
    .padStart(4, '0')
    .replace(/0{1,2}$/, '')}`.padEnd(4, '0');
}

@ObjectType('ShareRule')
export class ShareRuleObject {
  @Field(() => Int) acceptLimit!: number;
  @Field(() => TemplateObject, {
    nullable: true,
    description: 'Granted to the sharer when the limit is reached.',
  })
  rewardTemplate!: TemplateObject | null;
}

@ObjectType('TemplateEdge')
export class TemplateEdgeObject {
  @Field(() => String) cursor!: string;
  @Field(() => TemplateObject) node!: TemplateObject;
}

@ObjectType('TemplateConnection')
export class TemplateConnectionObject {
  @Field(() => [TemplateEdgeObject]) edges!: TemplateEdgeObject[];
  @Field(() => [TemplateObject]) nodes!: TemplateObject[];
  @Field(() => PageInfoObject) pageInfo!: PageInfoObject;
}
