/** Operators look at what was not taken, and have it tried again. */
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { cutPage, readPage, toConnection, type Connection } from '../graph/paging.js';
import { toRejection } from '../graph/rejection.graphql.js';
import type { RequestContext } from '../graph/request.js';
import { DateTimeScalar } from '../graph/scalars.js';
import type { Database } from '../storage/database.js';
import { countDeadLetters, readDeadLetters } from './dead-letter.store.js';
import type { ReplayDeadLetter } from './replay-dead-letter.js';
import {
  DeadLetterConnectionObject,
  DeadLetterObject,
  DeadLetterResult,
} from './webhook.graphql.js';
import type { WaitingDelivery } from './webhook.types.js';

@Resolver(() => DeadLetterObject)
export class DeadLetterResolver {
  constructor(
    private readonly database: Database,
    private readonly replay: ReplayDeadLetter,
  ) {}

  @Query(() => DeadLetterConnectionObject, {
    description: 'Newest first; of one endpoint, or of all. They are kept for 30 days.',
  })
  async deadLetters(
    @Arg('endpointId', () => ID, { nullable: true }) endpointId: string | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
  ): Promise<unknown> {
    const page = readPage(first, after);
    const of = endpointId ?? null;
    const rows = await readDeadLetters(this.database, of, page);
    return toConnection(
      cutPage(rows, page, () => countDeadLetters(this.database, of)),
      (letter) => letter,
    );
  }

  @Mutation(() => DeadLetterResult, {
    description: 'It is tried again with the same event id, as often as a new event.',
  })
  async replayDeadLetter(
    @Ctx() { caller }: RequestContext,
    @Arg('id', () => ID) id: string,
  ): Promise<unknown> {
    const replayed = await this.replay.run(caller, id);
    if (!replayed.ok) return toRejection(replayed.rejection, caller);
    return { __typename: 'DeadLetterReplayed', deadLetter: replayed.value };
  }

  @FieldResolver(() => DateTimeScalar, { description: 'When it was first tried, or had to wait.' })
  createdAt(@Root() { createdAtMs }: WaitingDelivery): number {
    return createdAtMs;
  }

  @FieldResolver(() => DateTimeScalar, { description: 'When it was last tried.' })
  updatedAt(@Root() { updatedAtMs }: WaitingDelivery): number {
    return updatedAtMs;
  }
}

@Resolver(() => DeadLetterConnectionObject)
export class DeadLetterConnectionResolver {
  @FieldResolver(() => Int)
  totalCount(@Root() connection: Connection): Promise<number> {
    return connection.countAll();
  }
}
