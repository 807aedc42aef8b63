/** The types of what other services tell of customers. */
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { CouponObject } from '../coupon/coupon.graphql.js';
import { enumOf } from '../graph/enum-of.js';
import { resultUnion } from '../graph/result-union.js';
import { DateTimeScalar } from '../graph/scalars.js';
import { CUSTOMER_EVENT_TYPES, type CustomerEventType } from './customer.types.js';

export const CustomerEventTypeEnum = enumOf('CustomerEventType', CUSTOMER_EVENT_TYPES);

@ObjectType('CustomerEventRecorded')
export class CustomerEventRecordedObject {
  @Field(() => [CouponObject], { description: 'Of a registration; of other events none.' })
  granted!: CouponObject[];
  @Field(() => Boolean, { description: 'The same event had this answer before.' })
  replayed!: boolean;
}

export const CustomerEventResult = resultUnion(
  'CustomerEventResult',
  () => CustomerEventRecordedObject,
);

@InputType('CustomerEventInput')
export class CustomerEventInput {
  @Field(() => ID, { description: 'Of the event, whoever tells it and however often.' })
  eventId!: string;
  @Field(() => CustomerEventTypeEnum) type!: CustomerEventType;
  @Field(() => ID) userId!: string;
  @Field(() => DateTimeScalar, { description: 'What was told of a later moment stays.' })
  occurredAt!: number;
  @Field(() => String, {
    nullable: true,
    description: 'YYYY-MM-DD or MM-DD; the year is not kept. Absent: not known any more.',
  })
  birthday?: string | null;
  @Field(() => String, { nullable: true }) level?: string | null;
  @Field(() => String, { nullable: true, description: 'Of IANA. Without one days are of UTC.' })
  timeZone?: string | null;
}
