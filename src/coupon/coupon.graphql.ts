/** A coupon as the graph shows it. The root value is the domain's Coupon; coupon.resolver.ts resolves the rest. */
import { Directive, Field, ID, ObjectType } from 'type-graphql';
import { enumOf } from '../graph/enum-of.js';
import { PageInfoObject } from '../graph/paging.js';
import { COUPON_STATUSES } from './coupon.types.js';

export const CouponStatusEnum = enumOf('CouponStatus', COUPON_STATUSES);

@Directive('@key(fields: "id")')
@ObjectType('Coupon', { description: "One coupon in one user's wallet." })
export class CouponObject {
  @Field(() => ID) id!: string;
  @Field(() => String, { nullable: true, description: 'Where it was claimed.' })
  channel!: string | null;
}

@ObjectType('CouponEdge')
export class CouponEdgeObject {
  @Field(() => String) cursor!: string;
  @Field(() => CouponObject) node!: CouponObject;
}

@ObjectType('CouponConnection')
export class CouponConnectionObject {
  @Field(() => [CouponEdgeObject]) edges!: CouponEdgeObject[];
  @Field(() => [CouponObject]) nodes!: CouponObject[];
  @Field(() => PageInfoObject) pageInfo!: PageInfoObject;
}
