/** Operators look at what was set aside: who asked, why it could not be committed, and whether it was after all. */
import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import { CouponObject } from '../coupon/coupon.graphql.js';
import type { ReadCoupons } from '../coupon/read-coupons.js';
import { cutPage, readPage, toConnection, type Connection } from '../graph/paging.js';
import type { RequestContext } from '../graph/request.js';
import { DateTimeScalar } from '../graph/scalars.js';
import type { Reader } from '../storage/database.js';
import type { Sealer } from '../storage/seal.js';
import { QuarantinedClaimConnectionObject, QuarantinedClaimObject } from './quarantine.graphql.js';
import { countQuarantined, readQuarantine, type QuarantinedClaim } from './quarantine.store.js';

@Resolver(() => QuarantinedClaimObject)
export class QuarantineResolver {
  constructor(
    private readonly reader: Reader,
    private readonly sealer: Sealer,
    private readonly coupons: ReadCoupons,
  ) {}

  @Query(() => QuarantinedClaimConnectionObject, { description: 'Newest first.' })
  async quarantinedClaims(
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
  ): Promise<unknown> {
    const page = readPage(first, after);
    const rows = await readQuarantine(this.reader, this.sealer, page);
    return toConnection(
      cutPage(rows, page, () => countQuarantined(this.reader)),
      (claim) => claim,
    );
  }

  @FieldResolver(() => DateTimeScalar)
  quarantinedAt(@Root() { quarantinedAtMs }: QuarantinedClaim): number {
    return quarantinedAtMs;
  }

  @FieldResolver(() => CouponObject, {
    nullable: true,
    description:
      'The coupon, where an earlier try had committed it. Null: it never was, and never will be.',
  })
  async coupon(
    @Root() { couponId }: QuarantinedClaim,
    @Ctx() { caller }: RequestContext,
  ): Promise<unknown> {
    return couponId === null ? null : this.coupons.byId(caller, couponId);
  }
}

@Resolver(() => QuarantinedClaimConnectionObject)
export class QuarantineConnectionResolver {
  @FieldResolver(() => Int)
  totalCount(@Root() connection: Connection): Promise<number> {
    return connection.countAll();
  }
}
