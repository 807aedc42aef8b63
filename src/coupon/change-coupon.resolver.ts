/** The GraphQL face of what operators do to one coupon. */
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { toRejection } from '../graph/rejection.graphql.js';
import type { RequestContext } from '../graph/request.js';
import type { Result } from '../kernel/result.js';
import type { ChangeCoupon } from './change-coupon.js';
import { CouponActionInput, CouponResult } from './coupon-action.graphql.js';
import type { Coupon } from './coupon.types.js';

@Resolver()
export class ChangeCouponResolver {
  constructor(private readonly coupons: ChangeCoupon) {}

  @Mutation(() => CouponResult)
  async freezeCoupon(
    @Ctx() context: RequestContext,
    @Arg('input', () => CouponActionInput) input: CouponActionInput,
  ): Promise<unknown> {
    return toAnswer(await this.coupons.run(context.caller, 'FREEZE', input), context);
  }

  @Mutation(() => CouponResult)
  async unfreezeCoupon(
    @Ctx() context: RequestContext,
    @Arg('input', () => CouponActionInput) input: CouponActionInput,
  ): Promise<unknown> {
    return toAnswer(await this.coupons.run(context.caller, 'UNFREEZE', input), context);
  }

  @Mutation(() => CouponResult, { description: 'For ever.' })
  async revokeCoupon(
    @Ctx() context: RequestContext,
    @Arg('input', () => CouponActionInput) input: CouponActionInput,
  ): Promise<unknown> {
    return toAnswer(await this.coupons.run(context.caller, 'REVOKE', input), context);
  }
}

function toAnswer(result: Result<Coupon>, { caller }: RequestContext): unknown {
  if (!result.ok) return toRejection(result.rejection, caller);
  return { __typename: 'CouponChanged', coupon: result.value };
}
