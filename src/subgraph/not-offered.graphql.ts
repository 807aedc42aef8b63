/**
 * Types of the contract for issuing by grant and customer event. This version does not
 * offer them: there are no grants, and starting one is UNAVAILABLE.
 */
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { CouponObject } from '../coupon/coupon.graphql.js';
import { enumOf } from '../graph/enum-of.js';
import { FailureCodeEnum } from '../graph/rejection.graphql.js';
import { resultUnion } from '../graph/result-union.js';
import { DateTimeScalar } from '../graph/scalars.js';
import { JobStatusEnum } from '../issue/batch.graphql.js';
import type { FailureCode } from '../kernel/rejection.js';
import { TemplateObject } from '../template/template.graphql.js';

export const CustomerEventTypeEnum = enumOf('CustomerEventType', ['REGISTERED', 'PROFILE_CHANGED']);

@ObjectType('GrantRefusal')
export class GrantRefusalObject {
  @Field(() => ID) userId!: string;
  @Field(() => FailureCodeEnum) code!: FailureCode;
}

@ObjectType('Grant')
export class GrantObject {
  @Field(() => ID) id!: string;
  @Field(() => TemplateObject) template!: TemplateObject;
  @Field(() => String) reason!: string;
  @Field(() => Int) requested!: number;
  @Field(() => Int) granted!: number;
  @Field(() => Int) refused!: number;
  @Field(() => JobStatusEnum) status!: string;
  @Field(() => DateTimeScalar) createdAt!: number;
}

@ObjectType('GrantStarted')
export class GrantStartedObject {
  @Field(() => GrantObject) grant!: GrantObject;
}
@ObjectType('CustomerEventRecorded')
export class CustomerEventRecordedObject {
  @Field(() => [CouponObject]) granted!: CouponObject[];
  @Field(() => Boolean) replayed!: boolean;
}

export const GrantResult = resultUnion('GrantResult', () => GrantStartedObject);
export const CustomerEventResult = resultUnion(
  'CustomerEventResult',
  () => CustomerEventRecordedObject,
);

@InputType('GrantCouponsInput')
export class GrantCouponsInput {
  @Field(() => ID) templateId!: string;
  @Field(() => [ID]) userIds!: string[];
  @Field(() => String) reason!: string;
  @Field(() => String) idempotencyKey!: string;
}

@InputType('CustomerEventInput')
export class CustomerEventInput {
  @Field(() => ID) eventId!: string;
  @Field(() => CustomerEventTypeEnum) type!: string;
  @Field(() => ID) userId!: string;
  @Field(() => DateTimeScalar) occurredAt!: number;
  @Field(() => String, { nullable: true }) birthday?: string | null;
  @Field(() => String, { nullable: true }) level?: string | null;
  @Field(() => String, { nullable: true }) timeZone?: string | null;
}
