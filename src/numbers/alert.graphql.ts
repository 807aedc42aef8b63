import { Field, Float, ObjectType } from 'type-graphql';
import { enumOf } from '../graph/enum-of.js';
import { TemplateObject } from '../template/template.graphql.js';
import {
  ALERT_KINDS,
  ALERT_SEVERITIES,
  type AlertKind,
  type AlertSeverity,
} from './alert.types.js';

export const AlertKindEnum = enumOf('AlertKind', ALERT_KINDS, 'What is to be looked at.');
export const AlertSeverityEnum = enumOf('AlertSeverity', ALERT_SEVERITIES);

@ObjectType('Alert', {
  description:
    'Something that an operator should look at now. What to do about each kind: docs/OPERATIONS.md.',
})
export class AlertObject {
  @Field(() => AlertKindEnum) kind!: AlertKind;
  @Field(() => AlertSeverityEnum) severity!: AlertSeverity;
  @Field(() => Float, {
    description:
      'LOW_STOCK: the least share that is left; EXPIRING_SOON: the share of the unused; MANY_UNUSED: unused by used; JOB_LATE: seconds; else how many.',
  })
  value!: number;
  @Field(() => Float, { description: 'What the value is held against.' }) limit!: number;
  @Field(() => [TemplateObject], { description: 'What it is about most, the worst first.' })
  templates!: readonly TemplateObject[];
  @Field(() => String, { nullable: true, description: 'JOB_LATE: its name.' })
  job!: string | null;
}
