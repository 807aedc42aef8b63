import { Field, Float, Int, ObjectType } from 'type-graphql';
import { MoneyObject, toMoneyOf } from '../graph/money.graphql.js';
import { DateTimeScalar } from '../graph/scalars.js';
import { TemplateObject } from '../template/template.graphql.js';
import type { ArmNumbers } from './experiment.types.js';
import type { ComparedArm } from './read-experiment.js';

@ObjectType('Estimate', {
  description: 'A value with its 95 % confidence interval: what chance alone leaves open.',
})
export class EstimateObject {
  @Field(() => Float) value!: number;
  @Field(() => Float) low!: number;
  @Field(() => Float) high!: number;
}

@ObjectType('ArmNumbers', { description: 'As the worker counted them last.' })
export class ArmNumbersObject {
  @Field(() => Int) claimed!: number;
  @Field(() => Int) used!: number;
  @Field(() => MoneyObject, { description: 'What used coupons took off.' })
  discountGiven!: MoneyObject;
  @Field(() => EstimateObject, {
    nullable: true,
    description: 'Used of claimed, 0 to 1 (Wilson). null: none was claimed.',
  })
  conversion!: EstimateObject | undefined;
  @Field(() => DateTimeScalar) countedAt!: number;
}

@ObjectType('ArmUplift', {
  description: 'Against the control. An interval that has 0 in it says that nothing is shown yet.',
})
export class ArmUpliftObject {
  @Field(() => EstimateObject, {
    nullable: true,
    description:
      'Conversion less that of the control, -1 to 1 (Newcombe). null: one of the two has no claim.',
  })
  conversion!: EstimateObject | undefined;
  @Field(() => EstimateObject, {
    nullable: true,
    description:
      'By what part more coupons were used for as many users, whether they claimed or not: 0.1 is a tenth more. null: the control has none.',
  })
  uses!: EstimateObject | undefined;
}

@ObjectType('ExperimentArm')
export class ExperimentArmObject {
  @Field(() => TemplateObject) template!: TemplateObject;
  @Field(() => Int, { description: 'Its share of all users, in proportion to the other arms.' })
  weight!: number;
  @Field(() => Boolean, { description: 'The arm that was written first.' }) isControl!: boolean;
  @Field(() => ArmNumbersObject, { nullable: true, description: 'null: not counted yet.' })
  numbers!: ArmNumbersObject | undefined;
  @Field(() => ArmUpliftObject, {
    nullable: true,
    description: 'null: the control itself, or one of the two was not counted yet.',
  })
  uplift!: ArmUpliftObject | undefined;
}

@ObjectType('Experiment', { description: 'The arms of an A/B test side by side.' })
export class ExperimentObject {
  @Field(() => String) name!: string;
  @Field(() => [ExperimentArmObject], { description: 'In the order in which they were written.' })
  arms!: readonly ExperimentArmObject[];
}

export function toExperiment(
  name: string,
  arms: readonly ComparedArm[],
  nowMs: number,
): ExperimentObject {
  return {
    name,
    arms: arms.map(({ template, weight, isControl, numbers, uplift }) => ({
      template: new TemplateObject(template, nowMs),
      weight,
      isControl,
      numbers: numbers && toNumbers(numbers, template.rules.currency),
      uplift,
    })),
  };
}

function toNumbers(
  { discountGivenMinor, countedAtMs, ...rest }: ArmNumbers,
  currency: string,
): ArmNumbersObject {
  return {
    ...rest,
    discountGiven: toMoneyOf(discountGivenMinor, currency),
    countedAt: countedAtMs,
  };
}
