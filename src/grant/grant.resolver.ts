/** The GraphQL face of grants: unpack, one call, map. */
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { GRANT_USERS_INLINE_MAX } from '../config/limits.js';
import { CouponActionInput } from '../coupon/coupon-action.graphql.js';
import { readHistory } from '../event/read-history.js';
import { AuditEntryObject, toAuditEntry } from '../graph/audit.graphql.js';
import { toRejection } from '../graph/rejection.graphql.js';
import type { RequestContext } from '../graph/request.js';
import { DateTimeScalar } from '../graph/scalars.js';
import type { Clock } from '../kernel/clock.js';
import { requireInput } from '../kernel/input-error.js';
import type { Result } from '../kernel/result.js';
import type { Database } from '../storage/database.js';
import type { TemplateCatalog } from '../template/template-catalog.js';
import { TemplateObject } from '../template/template.graphql.js';
import {
  GrantCouponsInput,
  GrantObject,
  GrantRefusalObject,
  GrantResult,
} from './grant.graphql.js';
import type { Grant } from './grant.types.js';
import type { ReadGrants } from './read-grants.js';
import type { StartGrant } from './start-grant.js';
import type { StopGrant } from './stop-grant.js';

export interface GrantResolverParts {
  readonly startGrant: StartGrant;
  readonly stopGrant: StopGrant;
  readonly readGrants: ReadGrants;
  readonly catalog: TemplateCatalog;
  readonly database: Database;
  readonly clock: Clock;
}

@Resolver(() => GrantObject)
export class GrantResolver {
  constructor(private readonly parts: GrantResolverParts) {}

  @Query(() => GrantObject, { nullable: true })
  grant(@Ctx() { caller }: RequestContext, @Arg('id', () => ID) id: string): Promise<unknown> {
    return this.parts.readGrants.byId(caller, id);
  }

  @Mutation(() => GrantResult, {
    description: 'Starts giving; the same key and list again is the same grant.',
  })
  async grantCoupons(
    @Ctx() context: RequestContext,
    @Arg('input', () => GrantCouponsInput) input: GrantCouponsInput,
  ): Promise<unknown> {
    const { userIds } = input;
    const problem = `names at most ${GRANT_USERS_INLINE_MAX} users; upload longer lists`;
    requireInput(userIds.length <= GRANT_USERS_INLINE_MAX, 'input.userIds', problem);
    const users = userIds.map((userId, i) => ({ userId, place: `input.userIds[${i}]` }));
    const started = await this.parts.startGrant.run(context.caller, input, users);
    return toAnswer(started.ok ? { ok: true, value: started.value.grant } : started, context);
  }

  @Mutation(() => GrantResult, {
    description: 'For ever. Once it is answered, nobody is given a coupon of it any more.',
  })
  async stopGrant(
    @Ctx() context: RequestContext,
    @Arg('input', () => CouponActionInput) input: CouponActionInput,
  ): Promise<unknown> {
    return toAnswer(await this.parts.stopGrant.run(context.caller, input), context);
  }

  @FieldResolver(() => TemplateObject)
  async template(@Root() { id, templateId }: Grant): Promise<TemplateObject> {
    const template = await this.parts.catalog.byId(templateId);
    if (template === undefined) throw new Error(`grant ${id} has no template`);
    return new TemplateObject(template, this.parts.clock.nowMs());
  }

  @FieldResolver(() => [GrantRefusalObject], { description: 'In the order of the list.' })
  refusals(
    @Root() grant: Grant,
    @Arg('first', () => Int, { nullable: true, defaultValue: 100 }) first: number | null,
    @Arg('after', () => ID, {
      nullable: true,
      description: 'The userId of the last one already read.',
    })
    after: string | null,
  ): Promise<unknown> {
    return this.parts.readGrants.refusals(grant, first ?? 100, after ?? null);
  }

  @FieldResolver(() => DateTimeScalar)
  createdAt(@Root() { createdAtMs }: Grant): number {
    return createdAtMs;
  }

  @FieldResolver(() => [AuditEntryObject])
  async history(@Root() { id }: Grant): Promise<AuditEntryObject[]> {
    return (await readHistory(this.parts.database, id)).map(toAuditEntry);
  }
}

function toAnswer(result: Result<Grant>, { caller }: RequestContext): unknown {
  if (!result.ok) return toRejection(result.rejection, caller);
  return { __typename: 'GrantStarted', grant: result.value };
}
