/** The GraphQL face of coupons and wallets. */
import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { readHistory } from '../event/read-history.js';
import { AuditEntryObject, toAuditEntry } from '../graph/audit.graphql.js';
import { MoneyObject, toNullableMoney } from '../graph/money.graphql.js';
import { OrderObject, UserObject } from '../graph/neighbours.graphql.js';
import { readPage, toConnection, type Connection } from '../graph/paging.js';
import type { RequestContext } from '../graph/request.js';
import { DateTimeScalar } from '../graph/scalars.js';
import { hasScope, requireUser } from '../kernel/caller.js';
import type { Clock } from '../kernel/clock.js';
import type { Reader } from '../storage/database.js';
import type { TemplateCatalog } from '../template/template-catalog.js';
import { TemplateObject } from '../template/template.graphql.js';
import { CouponConnectionObject, CouponObject, CouponStatusEnum } from './coupon.graphql.js';
import type { Coupon, CouponStatus } from './coupon.types.js';
import type { ReadCoupons } from './read-coupons.js';
import { maskCode } from './rules/coupon-code.js';
import { statusAt } from './rules/coupon-lifecycle.js';

@Resolver(() => CouponObject)
export class CouponResolver {
  constructor(
    private readonly coupons: ReadCoupons,
    private readonly catalog: TemplateCatalog,
    private readonly reader: Reader,
    private readonly clock: Clock,
  ) {}

  @Query(() => CouponObject, { nullable: true })
  coupon(@Ctx() { caller }: RequestContext, @Arg('id', () => ID) id: string): Promise<unknown> {
    return this.coupons.byId(caller, id);
  }

  @Query(() => CouponObject, { nullable: true })
  couponByCode(
    @Ctx() { caller }: RequestContext,
    @Arg('code', () => String) code: string,
  ): Promise<unknown> {
    return this.coupons.byCode(caller, code);
  }

  @Query(() => CouponConnectionObject, { description: 'Newest first.' })
  async myCoupons(
    @Ctx() { caller }: RequestContext,
    @Arg('status', () => [CouponStatusEnum], { nullable: true }) status: CouponStatus[] | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
  ): Promise<unknown> {
    const userId = requireUser(caller);
    const page = await this.coupons.wallet(caller, userId, status ?? null, readPage(first, after));
    return toConnection(page, (coupon) => coupon);
  }

  @FieldResolver(() => String, { description: 'Whole only for its owner and operators.' })
  code(@Root() { code, userId }: Coupon, @Ctx() { caller }: RequestContext): string {
    const isWhole = caller.userId === userId || hasScope(caller, 'coupons:admin');
    return isWhole ? code : maskCode(code);
  }

  @FieldResolver(() => CouponStatusEnum)
  status(@Root() coupon: Coupon): string {
    return statusAt(coupon, this.clock.nowMs());
  }

  @FieldResolver(() => TemplateObject)
  async template(@Root() { id, templateId }: Coupon): Promise<TemplateObject> {
    const template = await this.catalog.byId(templateId);
    if (template === undefined) throw new Error(`coupon ${id} has no template`);
    return new TemplateObject(template, this.clock.nowMs());
  }

  @FieldResolver(() => UserObject)
  owner(@Root() { userId }: Coupon): UserObject {
    return { id: userId };
  }

  @FieldResolver(() => MoneyObject, {
    nullable: true,
    description: 'RED_PACKET: the amount drawn.',
  })
  async faceValue(@Root() coupon: Coupon): Promise<MoneyObject | null> {
    return this.moneyOf(coupon, coupon.faceValueMinor);
  }

  @FieldResolver(() => DateTimeScalar)
  claimedAt(@Root() { claimedAtMs }: Coupon): number {
    return claimedAtMs;
  }

  @FieldResolver(() => DateTimeScalar)
  validFrom(@Root() { validFromMs }: Coupon): number {
    return validFromMs;
  }

  @FieldResolver(() => DateTimeScalar, { description: 'Exclusive.' })
  expiresAt(@Root() { expiresAtMs }: Coupon): number {
    return expiresAtMs;
  }

  @FieldResolver(() => DateTimeScalar, { nullable: true })
  usedAt(@Root() coupon: Coupon): number | null {
    return coupon.usedAtMs;
  }

  @FieldResolver(() => OrderObject, { nullable: true, description: 'Held or used for it.' })
  order(@Root() coupon: Coupon): unknown {
    const status = statusAt(coupon, this.clock.nowMs());
    const isTied = status === 'HELD' || status === 'USED';
    return isTied && coupon.orderId !== null ? { id: coupon.orderId } : null;
  }

  @FieldResolver(() => MoneyObject, { nullable: true, description: 'What it really took off.' })
  async discount(@Root() coupon: Coupon): Promise<MoneyObject | null> {
    return this.moneyOf(coupon, coupon.status === 'USED' ? coupon.discountMinor : null);
  }

  @FieldResolver(() => [AuditEntryObject], { nullable: true })
  async history(@Root() coupon: Coupon): Promise<AuditEntryObject[]> {
    const claim: AuditEntryObject = {
      at: coupon.claimedAtMs,
      actor: coupon.userId,
      action: 'CLAIMED',
      from: null,
      to: 'UNUSED',
      details: null,
    };
    return [claim, ...(await readHistory(this.reader, coupon.id)).map(toAuditEntry)];
  }

  private async moneyOf(coupon: Coupon, amountMinor: number | null): Promise<MoneyObject | null> {
    if (amountMinor === null) return null;
    const rules = await this.catalog.rulesOf(coupon.templateId, coupon.templateVersion);
    return toNullableMoney(amountMinor, rules.currency);
  }
}

@Resolver(() => CouponConnectionObject)
export class CouponConnectionResolver {
  @FieldResolver(() => Int)
  totalCount(@Root() connection: Connection): Promise<number> {
    return connection.countAll();
  }
}

@Resolver(() => UserObject)
export class UserCouponsResolver {
  constructor(private readonly wallets: ReadCoupons) {}

  @FieldResolver(() => CouponConnectionObject, { description: 'Newest first.' })
  async coupons(
    @Root() { id }: UserObject,
    @Ctx() { caller }: RequestContext,
    @Arg('status', () => [CouponStatusEnum], { nullable: true }) status: CouponStatus[] | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
  ): Promise<unknown> {
    const page = await this.wallets.wallet(caller, id, status ?? null, readPage(first, after));
    return toConnection(page, (coupon) => coupon);
  }
}
