import { createUnionType, Field, ID, InputType, ObjectType } from 'type-graphql';
import { RejectionObject } from '../graph/rejection.graphql.js';
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

export const CouponResult = createUnionType({
  name: 'CouponResult',
  types: () => [CouponChangedObject, RejectionObject] as const,
  resolveType: (value) => (value as unknown as { __typename: string }).__typename,
});
