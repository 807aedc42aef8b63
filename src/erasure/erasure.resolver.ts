/** Operators have users erased, and look up whether somebody was. */
import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import { toRejection } from '../graph/rejection.graphql.js';
import type { RequestContext } from '../graph/request.js';
import type { EraseUser } from './erase-user.js';
import {
  EraseUserInput,
  EraseUserResult,
  ErasureObject,
  toErasureObject,
} from './erasure.graphql.js';

@Resolver(() => ErasureObject)
export class ErasureResolver {
  constructor(private readonly erase: EraseUser) {}

  @Mutation(() => EraseUserResult, {
    description:
      'Puts a name that means nobody in the place of the user, everywhere. There is no way back.',
  })
  async eraseUser(
    @Ctx() { caller }: RequestContext,
    @Arg('input', () => EraseUserInput) input: EraseUserInput,
  ): Promise<unknown> {
    const result = await this.erase.run(caller, input);
    if (!result.ok) return toRejection(result.rejection, caller);
    const { erasure, replayed } = result.value;
    return { __typename: 'ErasureStarted', erasure: toErasureObject(erasure), replayed };
  }

  @Query(() => [ErasureObject], {
    description: 'Whether and when this user was erased, newest first.',
  })
  async erasures(
    @Ctx() { caller }: RequestContext,
    @Arg('userId', () => ID) userId: string,
  ): Promise<ErasureObject[]> {
    return (await this.erase.historyOf(caller, userId)).map(toErasureObject);
  }
}
