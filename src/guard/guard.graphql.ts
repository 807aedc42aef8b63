import { Field, Int, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '../graph/scalars.js';

@ObjectType('RiskDenials', { description: 'How many claims were refused for their risk.' })
export class RiskDenialsObject {
  @Field(() => DateTimeScalar, { description: 'The beginning of the minute.' }) minute!: number;
  @Field(() => Int) denied!: number;
}
