/** The GraphQL face of redemptions: unpack, one call, map. */
import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { CouponObject } from '../coupon/coupon.graphql.js';
import type { ReadCoupons } from '../coupon/read-coupons.js';
import { toRejection } from '../graph/rejection.graphql.js';
import type { RequestContext } from '../graph/request.js';
import type { Result } from '../kernel/result.js';
import type { Redemptions } from './create-redemptions.js';
import {
  ConfirmRedemptionInput,
  HoldCouponsInput,
  RedemptionObject,
  RedemptionResult,
  RefundRedemptionInput,
  ReleaseRedemptionInput,
  toRedemptionObject,
} from './redemption.graphql.js';
import type { RedemptionDone } from './redemption.types.js';

@Resolver(() => RedemptionObject)
export class RedemptionResolver {
  constructor(
    private readonly redemptions: Redemptions,
    private readonly wallet: ReadCoupons,
  ) {}

  @Query(() => RedemptionObject, {
    nullable: true,
    description: "The order's latest redemption; null for a stranger's.",
  })
  async redemption(
    @Ctx() { caller }: RequestContext,
    @Arg('orderId', () => ID) orderId: string,
  ): Promise<RedemptionObject | null> {
    const found = await this.redemptions.read.byOrder(caller, orderId);
    return found && toRedemptionObject(found);
  }

  @Mutation(() => RedemptionResult, { description: 'All coupons of the quote, or none.' })
  async holdCoupons(
    @Ctx() context: RequestContext,
    @Arg('input', () => HoldCouponsInput) input: HoldCouponsInput,
  ): Promise<unknown> {
    return answer(await this.redemptions.hold.run(context.caller, input), context);
  }

  @Mutation(() => RedemptionResult, {
    description: 'Uses what is held; late, if every coupon is still free.',
  })
  async confirmRedemption(
    @Ctx() context: RequestContext,
    @Arg('input', () => ConfirmRedemptionInput) { orderId }: ConfirmRedemptionInput,
  ): Promise<unknown> {
    return answer(await this.redemptions.confirm.run(context.caller, orderId), context);
  }

  @Mutation(() => RedemptionResult, { description: 'Gives back what is held.' })
  async releaseRedemption(
    @Ctx() context: RequestContext,
    @Arg('input', () => ReleaseRedemptionInput) { orderId, reason = null }: ReleaseRedemptionInput,
  ): Promise<unknown> {
    return answer(await this.redemptions.release.run(context.caller, { orderId, reason }), context);
  }

  @Mutation(() => RedemptionResult, {
    description: 'Takes back the discount of units; the coupons come back with the last unit.',
  })
  async refundRedemption(
    @Ctx() context: RequestContext,
    @Arg('input', () => RefundRedemptionInput) input: RefundRedemptionInput,
  ): Promise<unknown> {
    const { orderId, lines = null, reason = null, idempotencyKey } = input;
    const request = { orderId, lines, reason, idempotencyKey };
    return answer(await this.redemptions.refund.run(context.caller, request), context);
  }

  @Mutation(() => RedemptionResult, { description: 'Holds and confirms in one.' })
  async redeemCoupons(
    @Ctx() context: RequestContext,
    @Arg('input', () => HoldCouponsInput) input: HoldCouponsInput,
  ): Promise<unknown> {
    return answer(await this.redemptions.redeem.run(context.caller, input), context);
  }

  @FieldResolver(() => [CouponObject], { description: 'In the order of application.' })
  coupons(
    @Root() { couponIds }: RedemptionObject,
    @Ctx() { caller }: RequestContext,
  ): Promise<unknown[]> {
    return Promise.all(couponIds.map((id) => this.wallet.byId(caller, id)));
  }
}

function answer(result: Result<RedemptionDone>, { caller }: RequestContext): unknown {
  if (!result.ok) return toRejection(result.rejection, caller);
  const { redemption, replayed } = result.value;
  return {
    __typename: 'RedemptionDone',
    redemption: toRedemptionObject(redemption),
    replayed,
  };
}
