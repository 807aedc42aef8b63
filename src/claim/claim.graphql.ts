import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { CouponObject } from '../coupon/coupon.graphql.js';
import { resultUnion } from '../graph/result-union.js';

@InputType('ClaimCouponInput')
export class ClaimCouponInput {
  @Field(() => ID) templateId!: string;
  @Field(() => String, { description: 'Unique per caller over all claims.' })
  idempotencyKey!: string;
  @Field(() => String, { nullable: true }) channel?: string | null;
  @Field(() => String, { nullable: true }) deviceId?: string | null;
  @Field(() => String, { nullable: true }) verificationToken?: string | null;
}

@ObjectType('CouponClaimed')
export class CouponClaimedObject {
  @Field(() => CouponObject) coupon!: CouponObject;
  @Field(() => Boolean, { description: 'The same key had this answer before.' }) replayed!: boolean;
}

export const ClaimCouponResult = resultUnion('ClaimCouponResult', () => CouponClaimedObject);
