/** The GraphQL face of claims. */
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { toRejection } from '../graph/rejection.graphql.js';
import type { RequestContext } from '../graph/request.js';
import type { ClaimCoupon } from './claim-coupon.js';
import { ClaimCouponInput, ClaimCouponResult } from './claim.graphql.js';

@Resolver()
export class ClaimResolver {
  constructor(private readonly claims: ClaimCoupon) {}

  @Mutation(() => ClaimCouponResult, {
    description:
      'A coupon in the answer is durable. Ask again with the same key after OUTCOME_UNKNOWN.',
  })
  async claimCoupon(
    @Ctx() { caller }: RequestContext,
    @Arg('input', () => ClaimCouponInput) input: ClaimCouponInput,
  ): Promise<unknown> {
    const { templateId, idempotencyKey, channel = null, deviceId = null } = input;
    const { verificationToken = null } = input;
    const request = { templateId, idempotencyKey, channel, deviceId, verificationToken };
    const result = await this.claims.run(caller, request);
    if (!result.ok) return toRejection(result.rejection, caller);
    return { __typename: 'CouponClaimed', ...result.value };
  }
}
