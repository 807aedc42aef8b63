import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { enumOf } from '../graph/enum-of.js';
import { MoneyObject, toMoneyOf } from '../graph/money.graphql.js';
import { resultUnion } from '../graph/result-union.js';
import { CurrencyCodeScalar, DateTimeScalar } from '../graph/scalars.js';
import { CartLineInput } from '../quote/quote.graphql.js';
import { CreateTemplateInput } from '../template/template-input.graphql.js';
import type { ConflictReason, Simulation } from './simulation.types.js';

const ConflictReasonEnum = enumOf(
  'ConflictReason',
  ['EXCLUSION_GROUP', 'STACKING'],
  'Why coupons of two templates cannot stand in one order.',
);

@InputType('SimulatedOrderInput')
export class SimulatedOrderInput {
  @Field(() => CurrencyCodeScalar) currency!: string;
  @Field(() => [CartLineInput]) lines!: CartLineInput[];
  @Field(() => [ID], {
    nullable: true,
    description: 'Templates of which the customer held one coupon each.',
  })
  heldTemplateIds?: string[] | null;
}

@InputType('SimulateTemplateInput', {
  description:
    'Either templateId or template; either orders, or the time in which stored orders were made.',
})
export class SimulateTemplateInput {
  @Field(() => ID, {
    nullable: true,
    description: 'In any state; the present version is simulated, and the result stays with it.',
  })
  templateId?: string | null;
  @Field(() => CreateTemplateInput, {
    nullable: true,
    description: 'One that is not written yet; neither it nor the result is stored.',
  })
  template?: CreateTemplateInput | null;
  @Field(() => [SimulatedOrderInput], { nullable: true, description: '1,000 at most.' })
  orders?: SimulatedOrderInput[] | null;
  @Field(() => DateTimeScalar, { nullable: true }) from?: number | null;
  @Field(() => DateTimeScalar, { nullable: true, description: 'Exclusive.' })
  until?: number | null;
}

@ObjectType('SimulationConflict')
export class SimulationConflictObject {
  @Field(() => ID) templateId!: string;
  @Field(() => ConflictReasonEnum, { nullable: true }) reason!: ConflictReason | null;
  @Field(() => Int, { description: 'Orders whose coupon of that template would not be used.' })
  displaced!: number;
}

@ObjectType('Simulation', {
  description:
    'The template over past orders, as if every customer had held exactly one valid coupon of it, beside the coupons that were used or are said to be held. Of a red packet: the mean of its budget.',
})
export class SimulationObject {
  @Field(() => Int, { description: 'Simulated, in the currency of the template.' }) orders!: number;
  @Field(() => Int, { description: 'Orders it would have taken something off.' }) hit!: number;
  @Field(() => MoneyObject, { description: 'What all orders would have had more off.' })
  cost!: MoneyObject;
  @Field(() => MoneyObject, { description: 'Cost by hit order, rounded half up.' })
  averageSaving!: MoneyObject;
  @Field(() => Int, { description: 'In another currency, and not counted.' })
  otherCurrency!: number;
  @Field(() => Int, { description: 'Where the search stopped at its limit: the cost is near.' })
  bounded!: number;
  @Field(() => Boolean, { description: 'false: there were more orders than it could do.' })
  isComplete!: boolean;
  @Field(() => [SimulationConflictObject], {
    description: 'Running templates that it cannot stand together with, or took the place of.',
  })
  conflicts!: readonly SimulationConflictObject[];
  @Field(() => DateTimeScalar) simulatedAt!: number;
  @Field(() => String) simulatedBy!: string;
}

@ObjectType('TemplateSimulated')
export class TemplateSimulatedObject {
  @Field(() => SimulationObject) simulation!: SimulationObject;
}

export const SimulationResult = resultUnion('SimulationResult', () => TemplateSimulatedObject);

export function toSimulation(simulation: Simulation): SimulationObject {
  const { costMinor, currency, simulatedAtMs, actor, ...rest } = simulation;
  const average = rest.hit === 0 ? 0 : Math.floor((2 * costMinor + rest.hit) / (2 * rest.hit));
  return {
    ...rest,
    cost: toMoneyOf(costMinor, currency),
    averageSaving: toMoneyOf(average, currency),
    simulatedAt: simulatedAtMs,
    simulatedBy: actor,
  };
}
