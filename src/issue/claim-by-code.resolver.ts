/** The GraphQL face of claiming with a code. */
import { Arg, Ctx, Field, InputType, Mutation, Resolver } from 'type-graphql';
import { ClaimCouponResult } from '../claim/claim.graphql.js';
import { toRejection } from '../graph/rejection.graphql.js';
import type { RequestContext } from '../graph/request.js';
import type { Codes } from './create-codes.js';

@InputType('ClaimByCodeInput')
class ClaimByCodeInput {
  @Field(() => String, { description: 'In any case, with or without dashes and blanks.' })
  code!: string;
  @Field(() => String, { description: 'Unique per caller over all claims.' })
  idempotencyKey!: string;
  @Field(() => String, { nullable: true }) channel?: string | null;
  @Field(() => String, { nullable: true }) deviceId?: string | null;
  @Field(() => String, { nullable: true }) verificationToken?: string | null;
}

@Resolver()
export class ClaimByCodeResolver {
  constructor(private readonly ofCodes: Codes) {}

  @Mutation(() => ClaimCouponResult, {
    description:
      'An unknown, a stopped and a used code are CODE_INVALID; too many of them are RATE_LIMITED.',
  })
  async claimByCode(
    @Ctx() { caller }: RequestContext,
    @Arg('input', () => ClaimByCodeInput) input: ClaimByCodeInput,
  ): Promise<unknown> {
    const { code, idempotencyKey, channel = null, deviceId = null } = input;
    const { verificationToken = null } = input;
    const request = { code, idempotencyKey, channel, deviceId, verificationToken };
    const result = await this.ofCodes.claim.run(caller, request);
    if (!result.ok) return toRejection(result.rejection, caller);
    return { __typename: 'CouponClaimed', ...result.value };
  }
}
