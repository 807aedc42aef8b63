import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { resultUnion } from '../graph/result-union.js';
import { CouponObject } from './coupon.graphql.js';

@InputType('CouponActionInput')
export class CouponActionInput {
  @Field(() => ID) id!: string;
  @Field(() => String, { description: 'Kept in the history.' }) reason!: string;
}

@ObjectType('CouponChanged')
export class CouponChangedObject {
  @Field(() => CouponObject) coupon!: CouponObject;
}

export const CouponResult = resultUnion('CouponResult', () => CouponChangedObject);
