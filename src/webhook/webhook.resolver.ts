/** The GraphQL face of webhook endpoints. */
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { readHistory } from '../event/read-history.js';
import { AuditEntryObject, toAuditEntry } from '../graph/audit.graphql.js';
import { toRejection } from '../graph/rejection.graphql.js';
import type { RequestContext } from '../graph/request.js';
import { DateTimeScalar } from '../graph/scalars.js';
import { WEBHOOK_WAITING_MAX } from '../config/limits.js';
import type { Result } from '../kernel/result.js';
import type { Database } from '../storage/database.js';
import { countWaiting } from './delivery.store.js';
import { readEndpoints } from './endpoint.store.js';
import type { EndpointSaved, ManageEndpoints } from './manage-endpoints.js';
import {
  CreateWebhookEndpointInput,
  UpdateWebhookEndpointInput,
  WebhookEndpointActionInput,
  WebhookEndpointObject,
  WebhookEndpointResult,
} from './webhook.graphql.js';
import type { WebhookEndpoint } from './webhook.types.js';

@Resolver(() => WebhookEndpointObject)
export class WebhookResolver {
  constructor(
    private readonly database: Database,
    private readonly endpoints: ManageEndpoints,
  ) {}

  @Query(() => [WebhookEndpointObject], { description: 'Oldest first; there are 32 at most.' })
  webhookEndpoints(): Promise<WebhookEndpoint[]> {
    return readEndpoints(this.database);
  }

  @Mutation(() => WebhookEndpointResult, { description: 'It is told what happens from now on.' })
  async createWebhookEndpoint(
    @Ctx() context: RequestContext,
    @Arg('input', () => CreateWebhookEndpointInput) { url, types }: CreateWebhookEndpointInput,
  ): Promise<unknown> {
    const request = { url, types: types ?? [] };
    return toAnswer(await this.endpoints.create(context.caller, request), context);
  }

  @Mutation(() => WebhookEndpointResult)
  async updateWebhookEndpoint(
    @Ctx() context: RequestContext,
    @Arg('input', () => UpdateWebhookEndpointInput) input: UpdateWebhookEndpointInput,
  ): Promise<unknown> {
    const { id, expectedVersion, url, types } = input;
    const request = { url, types: types ?? [] };
    const saved = await this.endpoints.update(context.caller, id, expectedVersion, request);
    return toAnswer(saved, context);
  }

  @Mutation(() => WebhookEndpointResult, {
    description: 'It keeps its place: enabled again within seven days it misses nothing.',
  })
  async disableWebhookEndpoint(
    @Ctx() context: RequestContext,
    @Arg('input', () => WebhookEndpointActionInput) { id, reason }: WebhookEndpointActionInput,
  ): Promise<unknown> {
    return toAnswer(await this.endpoints.disable(context.caller, id, reason), context);
  }

  @Mutation(() => WebhookEndpointResult)
  async enableWebhookEndpoint(
    @Ctx() context: RequestContext,
    @Arg('input', () => WebhookEndpointActionInput) { id, reason }: WebhookEndpointActionInput,
  ): Promise<unknown> {
    return toAnswer(await this.endpoints.enable(context.caller, id, reason), context);
  }

  @Mutation(() => WebhookEndpointResult, {
    description: 'For ever, with all that waits there and its dead letters.',
  })
  async deleteWebhookEndpoint(
    @Ctx() context: RequestContext,
    @Arg('input', () => WebhookEndpointActionInput) { id, reason }: WebhookEndpointActionInput,
  ): Promise<unknown> {
    return toAnswer(await this.endpoints.delete(context.caller, id, reason), context);
  }

  @Mutation(() => WebhookEndpointResult, {
    description: 'The secret before signs too for another day, beside the new one.',
  })
  async rotateWebhookSecret(
    @Ctx() context: RequestContext,
    @Arg('id', () => ID) id: string,
  ): Promise<unknown> {
    return toAnswer(await this.endpoints.rotateSecret(context.caller, id), context);
  }

  @FieldResolver(() => Int, {
    description: 'Events that wait for another try, or behind one; counted up to 10,000.',
  })
  waiting(@Root() { id }: WebhookEndpoint): Promise<number> {
    return countWaiting(this.database, id, WEBHOOK_WAITING_MAX);
  }

  @FieldResolver(() => DateTimeScalar, {
    nullable: true,
    description: 'Since when every try failed; null: the last one did not.',
  })
  failingSince(@Root() { failingSinceMs }: WebhookEndpoint): number | null {
    return failingSinceMs;
  }

  @FieldResolver(() => DateTimeScalar)
  createdAt(@Root() { createdAtMs }: WebhookEndpoint): number {
    return createdAtMs;
  }

  @FieldResolver(() => DateTimeScalar)
  updatedAt(@Root() { updatedAtMs }: WebhookEndpoint): number {
    return updatedAtMs;
  }

  @FieldResolver(() => [AuditEntryObject], { description: 'Oldest first.' })
  async history(@Root() { id }: WebhookEndpoint): Promise<AuditEntryObject[]> {
    return (await readHistory(this.database, id)).map(toAuditEntry);
  }
}

function toAnswer(result: Result<EndpointSaved>, { caller }: RequestContext): unknown {
  if (!result.ok) return toRejection(result.rejection, caller);
  return { __typename: 'WebhookEndpointSaved', ...result.value };
}
