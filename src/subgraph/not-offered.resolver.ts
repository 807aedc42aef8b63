/**
 * The honest answers of what this version does not offer. Starting a grant or event is UNAVAILABLE and does nothing.
 */
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { toRejection } from '../graph/rejection.graphql.js';
import type { RequestContext } from '../graph/request.js';
import { rejection, type Detail, type FailureCode } from '../kernel/rejection.js';
import {
  CustomerEventInput,
  CustomerEventResult,
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
  @Query(() => GrantObject, { nullable: true })
  grant(@Arg('id', () => ID) _id: string): null {
    return null;
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

@Resolver(() => GrantObject)
export class GrantResolver {
  @FieldResolver(() => [GrantRefusalObject])
  refusals(
    @Arg('first', () => Int, { nullable: true, defaultValue: 100 }) _first: number,
  ): unknown[] {
    return [];
  }
}
