import { Field, Int, ObjectType } from 'type-graphql';
import { MoneyObject, toMoneyOf } from '../graph/money.graphql.js';
import { DateTimeScalar } from '../graph/scalars.js';
import type { TemplateStats } from './numbers.types.js';

@ObjectType('ChannelCount', { description: 'A channel is what claims named; "" is none.' })
export class ChannelCountObject {
  @Field(() => String) channel!: string;
  @Field(() => Int) issued!: number;
  @Field(() => Int) used!: number;
}

@ObjectType('TemplateStats', {
  description:
    'What became of the coupons; the states add up to issued. A large template is counted by the worker from time to time.',
})
export class TemplateStatsObject {
  @Field(() => Int) issued!: number;
  @Field(() => Int) unused!: number;
  @Field(() => Int, { description: 'Of the unused: expire within three days.' }) expiring!: number;
  @Field(() => Int) held!: number;
  @Field(() => Int) used!: number;
  @Field(() => Int) expired!: number;
  @Field(() => Int) frozen!: number;
  @Field(() => Int) revoked!: number;
  @Field(() => MoneyObject) discountGiven!: MoneyObject;
  @Field(() => [ChannelCountObject], { description: 'The largest first, 100 at most.' })
  byChannel!: readonly ChannelCountObject[];
  @Field(() => DateTimeScalar) countedAt!: number;
}

export function toStats(stats: TemplateStats, currency: string): TemplateStatsObject {
  const { discountGivenMinor, countedAtMs, ...rest } = stats;
  return {
    ...rest,
    discountGiven: toMoneyOf(discountGivenMinor, currency),
    countedAt: countedAtMs,
  };
}
