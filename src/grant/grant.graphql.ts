/** The types of grants. */
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { FailureCodeEnum } from '../graph/rejection.graphql.js';
import { JobStatusEnum } from '../graph/job-status.js';
import { resultUnion } from '../graph/result-union.js';
import type { FailureCode } from '../kernel/rejection.js';

@ObjectType('GrantRefusal')
export class GrantRefusalObject {
  @Field(() => ID) userId!: string;
  @Field(() => FailureCodeEnum, { description: 'Why this user has no coupon of the grant.' })
  code!: FailureCode;
}

@ObjectType('Grant', {
  description: 'Coupons of one template for a list of users, given one after the other.',
})
export class GrantObject {
  @Field(() => ID) id!: string;
  @Field(() => String) reason!: string;
  @Field(() => Int, { description: 'Different users of the list.' }) requested!: number;
  @Field(() => Int, { description: 'How often a user stood in the list again; ignored.' })
  duplicates!: number;
  @Field(() => Int) granted!: number;
  @Field(() => Int) refused!: number;
  @Field(() => JobStatusEnum) status!: string;
}

@ObjectType('GrantStarted')
export class GrantStartedObject {
  @Field(() => GrantObject) grant!: GrantObject;
}

export const GrantResult = resultUnion('GrantResult', () => GrantStartedObject);

@InputType('GrantCouponsInput')
export class GrantCouponsInput {
  @Field(() => ID) templateId!: string;
  @Field(() => [ID], {
    description: 'At most 1,000; for more there is POST /grants. Who comes first is asked first.',
  })
  userIds!: string[];
  @Field(() => String, { description: 'Kept with the grant.' }) reason!: string;
  @Field(() => String) idempotencyKey!: string;
}
