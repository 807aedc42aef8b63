/** The GraphQL face of customer events. */
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { toRejection } from '../graph/rejection.graphql.js';
import type { RequestContext } from '../graph/request.js';
import { CustomerEventInput, CustomerEventResult } from './customer.graphql.js';
import type { RecordEvent } from './record-event.js';

@Resolver()
export class CustomerEventResolver {
  constructor(private readonly events: RecordEvent) {}

  @Mutation(() => CustomerEventResult, {
    description:
      'Tell it again after a retryable Rejection: it goes on where it stopped, and gives nothing twice.',
  })
  async recordCustomerEvent(
    @Ctx() { caller }: RequestContext,
    @Arg('input', () => CustomerEventInput) input: CustomerEventInput,
  ): Promise<unknown> {
    const result = await this.events.run(caller, input);
    if (!result.ok) return toRejection(result.rejection, caller);
    return { __typename: 'CustomerEventRecorded', ...result.value };
  }
}
