/** The GraphQL face of templates: unpack, one call, map.  */
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { readHistory } from '../event/read-history.js';
import { AuditEntryObject, toAuditEntry } from '../graph/audit.graphql.js';
import { readPage, toConnection, type Connection } from '../graph/paging.js';
import { toRejection } from '../graph/rejection.graphql.js';
import type { RequestContext } from '../graph/request.js';
import type { Caller } from '../kernel/caller.js';
import type { Clock } from '../kernel/clock.js';
import { isId } from '../kernel/ids.js';
import type { Result } from '../kernel/result.js';
import type { Reader } from '../storage/database.js';
import type { ListTemplates } from './list-templates.js';
import type { MoveTemplate, TemplateAction } from './move-template.js';
import { maySeeTemplate } from './rules/may-see-template.js';
import type { SaveTemplate } from './save-template.js';
import type { TemplateCatalog } from './template-catalog.js';
import {
  CreateTemplateInput,
  TemplateActionInput,
  TemplateResult,
  UpdateTemplateInput,
} from './template-input.graphql.js';
import { CouponTypeEnum, TemplateStatusEnum } from './template-parts.graphql.js';
import { ShareRuleObject, TemplateConnectionObject, TemplateObject } from './template.graphql.js';
import type { CouponType, Template, TemplateStatus } from './template.types.js';

@Resolver(() => TemplateObject)
export class TemplateResolver {
  constructor(
    private readonly catalog: TemplateCatalog,
    private readonly lists: ListTemplates,
    private readonly save: SaveTemplate,
    private readonly move: MoveTemplate,
    private readonly reader: Reader,
    private readonly clock: Clock,
  ) {}

  @Query(() => TemplateObject, {
    nullable: true,
    description: 'Customers see a template once it is active; operators always.',
  })
  async template(
    @Ctx() { caller }: RequestContext,
    @Arg('id', () => ID) id: string,
  ): Promise<unknown> {
    return this.byId(caller, id);
  }

  /** Also what the gateway asks by key. */
  async byId(caller: Caller, id: string): Promise<TemplateObject | null> {
    const found = isId(id) ? await this.catalog.byId(id) : undefined;
    if (found === undefined || !maySeeTemplate(found, caller, this.clock.nowMs())) return null;
    return this.view(found);
  }

  @Query(() => TemplateConnectionObject, {
    description:
      'What may be claimed now, newest first. Of an A/B test only the own arm; without a token none.',
  })
  async claimableTemplates(
    @Ctx() { caller }: RequestContext,
    @Arg('channel', () => String, {
      nullable: true,
      description: 'Where they are shown; every template is offered everywhere.',
    })
    _channel: string | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
  ): Promise<unknown> {
    return toConnection(
      await this.lists.claimable(readPage(first, after), caller.userId),
      this.view,
    );
  }

  @Query(() => TemplateConnectionObject, { description: 'For operators, newest first.' })
  async templates(
    @Ctx() { caller }: RequestContext,
    @Arg('status', () => [TemplateStatusEnum], { nullable: true }) status: TemplateStatus[] | null,
    @Arg('type', () => [CouponTypeEnum], { nullable: true }) type: CouponType[] | null,
    @Arg('search', () => String, { nullable: true }) search: string | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
  ): Promise<unknown> {
    const wanted = { status: status ?? null, type: type ?? null, search: search ?? null };
    return toConnection(await this.lists.search(caller, wanted, readPage(first, after)), this.view);
  }

  @Mutation(() => TemplateResult)
  async createTemplate(
    @Ctx() context: RequestContext,
    @Arg('input', () => CreateTemplateInput) input: CreateTemplateInput,
  ): Promise<unknown> {
    return this.answer(await this.save.create(context.caller, input), context);
  }

  @Mutation(() => TemplateResult)
  async updateTemplate(
    @Ctx() context: RequestContext,
    @Arg('input', () => UpdateTemplateInput) input: UpdateTemplateInput,
  ): Promise<unknown> {
    const { id, expectedVersion, template } = input;
    return this.answer(
      await this.save.update(context.caller, id, expectedVersion, template),
      context,
    );
  }

  @Mutation(() => TemplateResult)
  submitTemplate(
    @Ctx() context: RequestContext,
    @Arg('input', () => TemplateActionInput) input: TemplateActionInput,
  ): Promise<unknown> {
    return this.act('SUBMIT', context, input);
  }

  @Mutation(() => TemplateResult, {
    description: 'By another person than the author of the version.',
  })
  approveTemplate(
    @Ctx() context: RequestContext,
    @Arg('input', () => TemplateActionInput) input: TemplateActionInput,
  ): Promise<unknown> {
    return this.act('APPROVE', context, input);
  }

  @Mutation(() => TemplateResult)
  rejectTemplate(
    @Ctx() context: RequestContext,
    @Arg('input', () => TemplateActionInput) input: TemplateActionInput,
  ): Promise<unknown> {
    return this.act('REJECT', context, input);
  }

  @Mutation(() => TemplateResult)
  activateTemplate(
    @Ctx() context: RequestContext,
    @Arg('input', () => TemplateActionInput) input: TemplateActionInput,
  ): Promise<unknown> {
    return this.act('ACTIVATE', context, input);
  }

  @Mutation(() => TemplateResult, { description: 'Ends issuing; issued coupons stay usable.' })
  stopTemplate(
    @Ctx() context: RequestContext,
    @Arg('input', () => TemplateActionInput) input: TemplateActionInput,
  ): Promise<unknown> {
    return this.act('STOP', context, input);
  }

  private async act(
    action: TemplateAction,
    context: RequestContext,
    input: TemplateActionInput,
  ): Promise<unknown> {
    const { id, expectedVersion = null, reason = null } = input;
    return this.answer(
      await this.move.run(context.caller, action, { id, expectedVersion, reason }),
      context,
    );
  }

  private readonly view = (template: Template): TemplateObject =>
    new TemplateObject(template, this.clock.nowMs());

  private answer(result: Result<Template>, { caller }: RequestContext): unknown {
    if (!result.ok) return toRejection(result.rejection, caller);
    return { __typename: 'TemplateSaved', template: this.view(result.value) };
  }

  @FieldResolver(() => ShareRuleObject, { nullable: true, description: 'SHARE.' })
  async share(
    @Root() { template }: TemplateObject,
    @Ctx() { caller }: RequestContext,
  ): Promise<unknown> {
    const { share } = template.rules;
    if (share === null) return null;
    const reward = share.rewardTemplateId;
    const rewardTemplate = reward === null ? null : await this.byId(caller, reward);
    return { acceptLimit: share.acceptLimit, rewardTemplate };
  }

  @FieldResolver(() => [AuditEntryObject], { nullable: true })
  async history(@Root() { id }: TemplateObject): Promise<unknown> {
    return (await readHistory(this.reader, id)).map(toAuditEntry);
  }
}

@Resolver(() => TemplateConnectionObject)
export class TemplateConnectionResolver {
  @FieldResolver(() => Int)
  totalCount(@Root() connection: Connection): Promise<number> {
    return connection.countAll();
  }
}
