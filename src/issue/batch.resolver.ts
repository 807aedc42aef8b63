/** The GraphQL face of batches, for operators. */
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { PAGE_SIZE_MAX } from '../config/limits.js';
import { CouponActionInput } from '../coupon/coupon-action.graphql.js';
import { toRejection } from '../graph/rejection.graphql.js';
import type { RequestContext } from '../graph/request.js';
import { DateTimeScalar } from '../graph/scalars.js';
import type { Clock } from '../kernel/clock.js';
import { requireInput } from '../kernel/input-error.js';
import type { Result } from '../kernel/result.js';
import type { TemplateCatalog } from '../template/template-catalog.js';
import { TemplateObject } from '../template/template.graphql.js';
import {
  BatchObject,
  BatchResult,
  CodeConnectionObject,
  GenerateCodesInput,
} from './batch.graphql.js';
import type { Batch } from './batch.types.js';
import type { Codes } from './create-codes.js';
import { cursorAt, readCursor } from './rules/code-cursor.js';

const PAGE_SIZE_DEFAULT = 100;

@Resolver(() => BatchObject)
export class BatchResolver {
  constructor(
    private readonly ofCodes: Codes,
    private readonly catalog: TemplateCatalog,
    private readonly clock: Clock,
  ) {}

  @Query(() => BatchObject, { nullable: true })
  batch(@Ctx() { caller }: RequestContext, @Arg('id', () => ID) id: string): Promise<Batch | null> {
    return this.ofCodes.read.byId(caller, id);
  }

  @Mutation(() => BatchResult, {
    description: 'For an ACTIVE template of claimMethod CODE, up to 10,000,000 codes.',
  })
  async generateCodes(
    @Ctx() context: RequestContext,
    @Arg('input', () => GenerateCodesInput) input: GenerateCodesInput,
  ): Promise<unknown> {
    return toAnswer(await this.ofCodes.generate.run(context.caller, input), context);
  }

  @Mutation(() => BatchResult, { description: 'For ever. Coupons that were claimed stay.' })
  async stopBatch(
    @Ctx() context: RequestContext,
    @Arg('input', () => CouponActionInput) input: CouponActionInput,
  ): Promise<unknown> {
    return toAnswer(await this.ofCodes.stop.run(context.caller, input), context);
  }

  @FieldResolver(() => TemplateObject)
  async template(@Root() { templateId }: Batch): Promise<TemplateObject> {
    const template = await this.catalog.byId(templateId);
    if (template === undefined) throw new Error(`template ${templateId} is gone`);
    return new TemplateObject(template, this.clock.nowMs());
  }

  @FieldResolver(() => Int, { description: 'Coupons claimed with its codes that are used now.' })
  used(@Root() batch: Batch): Promise<number> {
    return this.ofCodes.read.used(batch);
  }

  @FieldResolver(() => DateTimeScalar)
  createdAt(@Root() { createdAtMs }: Batch): number {
    return createdAtMs;
  }

  @FieldResolver(() => CodeConnectionObject, {
    description: 'In the order of their numbers. All at once: GET /batches/ID/codes.csv.',
  })
  async codes(
    @Root() batch: Batch,
    @Arg('first', () => Int, { nullable: true, defaultValue: PAGE_SIZE_DEFAULT })
    first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
  ): Promise<unknown> {
    const count = first ?? PAGE_SIZE_DEFAULT;
    requireInput(count >= 0 && count <= PAGE_SIZE_MAX, 'first', `must be 0 to ${PAGE_SIZE_MAX}`);
    const from = readCursor(after ?? null);
    const codes = await this.ofCodes.read.codes(batch, from, count);
    const until = from + codes.length;
    return {
      nodes: codes.map(({ claimedAtMs, ...code }) => ({ ...code, claimedAt: claimedAtMs })),
      pageInfo: {
        hasNextPage: until < (batch.vanityCode === null ? batch.total : 1),
        hasPreviousPage: from > 0,
        startCursor: codes.length > 0 ? cursorAt(from) : null,
        endCursor: codes.length > 0 ? cursorAt(until - 1) : null,
      },
    };
  }
}

function toAnswer(result: Result<Batch>, { caller }: RequestContext): unknown {
  if (!result.ok) return toRejection(result.rejection, caller);
  return { __typename: 'BatchStarted', batch: result.value };
}
