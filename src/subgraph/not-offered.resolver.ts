/**
 * The honest answers of what this version does not offer. There are no codes, so every code is invalid;
 * no shares, so none is found; starting a batch, grant, share or event is UNAVAILABLE and does nothing.
 */
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { ClaimCouponResult } from '../claim/claim.graphql.js';
import { CouponActionInput } from '../coupon/coupon-action.graphql.js';
import { toRejection } from '../graph/rejection.graphql.js';
import type { RequestContext } from '../graph/request.js';
import { rejection, type Detail, type FailureCode } from '../kernel/rejection.js';
import {
  AcceptShareInput,
  BatchObject,
  BatchResult,
  ClaimByCodeInput,
  CodeConnectionObject,
  CreateShareInput,
  CreateShareResult,
  CustomerEventInput,
  CustomerEventResult,
  GenerateCodesInput,
  GrantCouponsInput,
  GrantObject,
  GrantRefusalObject,
  GrantResult,
} from './not-offered.graphql.js';

const DETAIL: Detail = { fact: 'NOT_OFFERED' };

function answer(code: FailureCode, { caller }: RequestContext): unknown {
  const facts = code === 'UNAVAILABLE' ? { detail: DETAIL } : {};
  return toRejection({ ...rejection(code, facts), retryable: false }, caller);
}

@Resolver()
export class NotOfferedResolver {
  @Query(() => BatchObject, { nullable: true })
  batch(@Arg('id', () => ID) _id: string): null {
    return null;
  }

  @Query(() => GrantObject, { nullable: true })
  grant(@Arg('id', () => ID) _id: string): null {
    return null;
  }

  @Mutation(() => ClaimCouponResult)
  claimByCode(
    @Ctx() context: RequestContext,
    @Arg('input', () => ClaimByCodeInput) _input: ClaimByCodeInput,
  ): unknown {
    return answer('CODE_INVALID', context);
  }

  @Mutation(() => CreateShareResult)
  createShare(
    @Ctx() context: RequestContext,
    @Arg('input', () => CreateShareInput) _input: CreateShareInput,
  ): unknown {
    return answer('UNAVAILABLE', context);
  }

  @Mutation(() => ClaimCouponResult)
  acceptShare(
    @Ctx() context: RequestContext,
    @Arg('input', () => AcceptShareInput) _input: AcceptShareInput,
  ): unknown {
    return answer('SHARE_NOT_FOUND', context);
  }

  @Mutation(() => BatchResult)
  generateCodes(
    @Ctx() context: RequestContext,
    @Arg('input', () => GenerateCodesInput) _input: GenerateCodesInput,
  ): unknown {
    return answer('UNAVAILABLE', context);
  }

  @Mutation(() => BatchResult)
  stopBatch(
    @Ctx() context: RequestContext,
    @Arg('input', () => CouponActionInput) _input: CouponActionInput,
  ): unknown {
    return answer('UNAVAILABLE', context);
  }

  @Mutation(() => GrantResult)
  grantCoupons(
    @Ctx() context: RequestContext,
    @Arg('input', () => GrantCouponsInput) _input: GrantCouponsInput,
  ): unknown {
    return answer('UNAVAILABLE', context);
  }

  @Mutation(() => CustomerEventResult)
  recordCustomerEvent(
    @Ctx() context: RequestContext,
    @Arg('input', () => CustomerEventInput) _input: CustomerEventInput,
  ): unknown {
    return answer('UNAVAILABLE', context);
  }
}

@Resolver(() => BatchObject)
export class BatchResolver {
  @FieldResolver(() => CodeConnectionObject)
  codes(
    @Arg('first', () => Int, { nullable: true, defaultValue: 100 }) _first: number,
    @Arg('after', () => String, { nullable: true }) _after: string | null,
  ): unknown {
    return { nodes: [], pageInfo: { hasNextPage: false, hasPreviousPage: false } };
  }
}

@Resolver(() => GrantObject)
export class GrantResolver {
  @FieldResolver(() => [GrantRefusalObject])
  refusals(
    @Arg('first', () => Int, { nullable: true, defaultValue: 100 }) _first: number,
  ): unknown[] {
    return [];
  }
}
