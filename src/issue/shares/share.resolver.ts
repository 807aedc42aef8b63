/** The GraphQL face of shares. */
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { ClaimCouponResult } from '../../claim/claim.graphql.js';
import { cutPage, readPage, toConnection, type Connection } from '../../graph/paging.js';
import { toRejection } from '../../graph/rejection.graphql.js';
import type { RequestContext } from '../../graph/request.js';
import { DateTimeScalar } from '../../graph/scalars.js';
import type { Clock } from '../../kernel/clock.js';
import { isId } from '../../kernel/ids.js';
import type { Database } from '../../storage/database.js';
import { maySeeTemplate } from '../../template/rules/may-see-template.js';
import type { TemplateCatalog } from '../../template/template-catalog.js';
import { TemplateObject } from '../../template/template.graphql.js';
import type { Template } from '../../template/template.types.js';
import type { AcceptShare } from './accept-share.js';
import type { CreateShare } from './create-share.js';
import {
  AcceptShareInput,
  CreateShareInput,
  CreateShareResult,
  ShareConnectionObject,
  ShareObject,
  ShareRewardObject,
} from './share.graphql.js';
import { countShares, listShares } from './share.store.js';
import type { Share, ShareReward } from './share.types.js';

@Resolver(() => ShareObject)
export class ShareResolver {
  constructor(
    private readonly create: CreateShare,
    private readonly accept: AcceptShare,
    private readonly catalog: TemplateCatalog,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  @Mutation(() => CreateShareResult, {
    description: 'One share a user and template: asking again gives the same one.',
  })
  async createShare(
    @Ctx() { caller }: RequestContext,
    @Arg('input', () => CreateShareInput) { templateId }: CreateShareInput,
  ): Promise<unknown> {
    const result = await this.create.run(caller, templateId);
    if (!result.ok) return toRejection(result.rejection, caller);
    return { __typename: 'ShareCreated', share: result.value };
  }

  @Mutation(() => ClaimCouponResult, {
    description: 'A coupon of what was shared, once a user and share; as claimCoupon otherwise.',
  })
  async acceptShare(
    @Ctx() { caller }: RequestContext,
    @Arg('input', () => AcceptShareInput) input: AcceptShareInput,
  ): Promise<unknown> {
    const { token, idempotencyKey, channel = null, deviceId = null } = input;
    const { verificationToken = null } = input;
    const request = { token, idempotencyKey, channel, deviceId, verificationToken };
    const result = await this.accept.run(caller, request);
    if (!result.ok) return toRejection(result.rejection, caller);
    return { __typename: 'CouponClaimed', ...result.value };
  }

  @Query(() => ShareConnectionObject, {
    description: 'Of one template, newest first; what became of rewards is in them.',
  })
  async shares(
    @Arg('templateId', () => ID) templateId: string,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
  ): Promise<unknown> {
    const page = readPage(first, after);
    const rows = isId(templateId) ? await listShares(this.database, templateId, page) : [];
    return toConnection(
      cutPage(rows, page, () => countShares(this.database, templateId)),
      (share) => share,
    );
  }

  @FieldResolver(() => TemplateObject)
  async template(@Root() { templateId }: Share): Promise<TemplateObject> {
    return new TemplateObject(await this.templateOf(templateId), this.clock.nowMs());
  }

  @FieldResolver(() => Int)
  accepted(@Root() { acceptLimit, placesLeft }: Share): number {
    return acceptLimit - placesLeft;
  }

  @FieldResolver(() => Int)
  limit(@Root() { acceptLimit }: Share): number {
    return acceptLimit;
  }

  @FieldResolver(() => DateTimeScalar, { description: "The template's claimUntil." })
  async expiresAt(@Root() { templateId }: Share): Promise<number> {
    return (await this.templateOf(templateId)).rules.claimUntilMs;
  }

  @FieldResolver(() => ID)
  sharerId(@Root() { userId }: Share): string {
    return userId;
  }

  @FieldResolver(() => DateTimeScalar)
  createdAt(@Root() { createdAtMs }: Share): number {
    return createdAtMs;
  }

  @FieldResolver(() => ShareRewardObject, { nullable: true })
  reward(@Root() { reward }: Share): ShareReward | null {
    return reward;
  }

  private async templateOf(id: string): Promise<Template> {
    const template = await this.catalog.byId(id);
    if (template === undefined) throw new Error(`a share is of template ${id}, which is not there`);
    return template;
  }
}

@Resolver(() => ShareRewardObject)
export class ShareRewardResolver {
  constructor(
    private readonly catalog: TemplateCatalog,
    private readonly clock: Clock,
  ) {}

  @FieldResolver(() => TemplateObject, { nullable: true })
  async template(
    @Root() { templateId }: ShareReward,
    @Ctx() { caller }: RequestContext,
  ): Promise<TemplateObject | null> {
    const template = await this.catalog.byId(templateId);
    const nowMs = this.clock.nowMs();
    const isSeen = template !== undefined && maySeeTemplate(template, caller, nowMs);
    return isSeen ? new TemplateObject(template, nowMs) : null;
  }

  @FieldResolver(() => DateTimeScalar, { nullable: true })
  settledAt(@Root() { settledAtMs }: ShareReward): number | null {
    return settledAtMs;
  }
}

@Resolver(() => ShareConnectionObject)
export class ShareConnectionResolver {
  @FieldResolver(() => Int)
  totalCount(@Root() connection: Connection): Promise<number> {
    return connection.countAll();
  }
}
