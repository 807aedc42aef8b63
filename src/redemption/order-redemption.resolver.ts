/** What this subgraph joins to an order: its redemption. */
import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { OrderObject } from '../graph/neighbours.graphql.js';
import type { RequestContext } from '../graph/request.js';
import type { ReadRedemption } from './read-redemption.js';
import { RedemptionObject, toRedemptionObject } from './redemption.graphql.js';

@Resolver(() => OrderObject)
export class OrderRedemptionResolver {
  constructor(private readonly redemptions: ReadRedemption) {}

  @FieldResolver(() => RedemptionObject, {
    nullable: true,
    description: 'Its latest redemption; null for a stranger.',
  })
  async redemption(
    @Root() { id }: OrderObject,
    @Ctx() { caller }: RequestContext,
  ): Promise<RedemptionObject | null> {
    const found = await this.redemptions.byOrder(caller, id);
    return found && toRedemptionObject(found);
  }
}
