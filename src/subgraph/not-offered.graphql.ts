/**
 * Types of the contract for customer events. This version does not offer them: recording one is
 * UNAVAILABLE.
 */
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { CouponObject } from '../coupon/coupon.graphql.js';
import { enumOf } from '../graph/enum-of.js';
import { resultUnion } from '../graph/result-union.js';
import { DateTimeScalar } from '../graph/scalars.js';

export const CustomerEventTypeEnum = enumOf('CustomerEventType', ['REGISTERED', 'PROFILE_CHANGED']);

@ObjectType('CustomerEventRecorded')
export class CustomerEventRecordedObject {
  @Field(() => [CouponObject]) granted!: CouponObject[];
  @Field(() => Boolean) replayed!: boolean;
}

export const CustomerEventResult = resultUnion(
  'CustomerEventResult',
  () => CustomerEventRecordedObject,
);

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
