/**
 * The honest answers of what this version does not offer. Recording an event is UNAVAILABLE and does nothing.
 */
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { toRejection } from '../graph/rejection.graphql.js';
import type { RequestContext } from '../graph/request.js';
import { rejection, type Detail, type FailureCode } from '../kernel/rejection.js';
import { CustomerEventInput, CustomerEventResult } from './not-offered.graphql.js';

const DETAIL: Detail = { fact: 'NOT_OFFERED' };

function answer(code: FailureCode, { caller }: RequestContext): unknown {
  const facts = code === 'UNAVAILABLE' ? { detail: DETAIL } : {};
  return toRejection({ ...rejection(code, facts), retryable: false }, caller);
}

@Resolver()
export class NotOfferedResolver {
  @Mutation(() => CustomerEventResult)
  recordCustomerEvent(
    @Ctx() context: RequestContext,
    @Arg('input', () => CustomerEventInput) _input: CustomerEventInput,
  ): unknown {
    return answer('UNAVAILABLE', context);
  }
}
