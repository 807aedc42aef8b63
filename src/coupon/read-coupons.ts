/**
 * Reading coupons: one by id or code, or a wallet.
 *
 * Somebody else's coupon and no coupon are the same answer. However many ids one request asks for
 * (also through `_entities`), it is one statement: the loader batches and keeps nothing.
 */
import DataLoader from 'dataloader';
import { maySee, NotAllowed, requireUser, type Caller } from '../kernel/caller.js';
import type { Clock } from '../kernel/clock.js';
import { readExternalId } from '../kernel/external-id.js';
import { isId } from '../kernel/ids.js';
import type { Rejection } from '../kernel/rejection.js';
import { TooManyTries } from '../kernel/too-many-tries.js';
import { cutPage, type Page, type PageRequest } from '../graph/paging.js';
import type { Reader } from '../storage/database.js';
import { countWallet, readCoupons, readCouponsByCode, readWallet } from './coupon.store.js';
import type { Coupon, CouponStatus } from './coupon.types.js';
import { readCode } from './rules/coupon-code.js';

/** The guard's limit on failed tries: src/guard/limit-code-tries.ts. */
export interface CodeTries {
  begin(attempt: {
    readonly userId: string;
    readonly address: string | null;
    readonly deviceId: null;
    readonly isPrinted: false;
  }): Promise<{ readonly refusal: Rejection } | { readonly refusal?: undefined; wasGood(): void }>;
}

export class ReadCoupons {
  private readonly batches: DataLoader<string, Coupon | undefined>;

  constructor(
    private readonly reader: Reader,
    private readonly clock: Clock,
    private readonly tries: CodeTries,
  ) {
    this.batches = new DataLoader((ids) => this.load(ids), { cache: false });
  }

  async byId(caller: Caller, id: string): Promise<Coupon | null> {
    if (!isId(id)) return null;
    const coupon = await this.batches.load(id);
    return coupon !== undefined && maySee(caller, coupon.userId) ? coupon : null;
  }

  /**
   * The same answer for a code that is nobody's and for one that is somebody else's. Tries that fail are limited,
   * but of those who may see every coupon.
   * @throws NotAuthenticated · TooManyTries
   */
  async byCode(caller: Caller, typed: string): Promise<Coupon | null> {
    const userId = requireUser(caller);
    if (maySee(caller, '')) return this.findByCode(caller, typed);
    const attempt = await this.tries.begin({
      userId,
      address: caller.address,
      deviceId: null,
      isPrinted: false,
    });
    if (attempt.refusal !== undefined)
      throw new TooManyTries(attempt.refusal.retryAfterMs ?? this.clock.nowMs());
    const coupon = await this.findByCode(caller, typed);
    if (coupon !== null) attempt.wasGood();
    return coupon;
  }

  private async findByCode(caller: Caller, typed: string): Promise<Coupon | null> {
    const code = readCode(typed);
    if (code === undefined) return null;
    const [coupon] = await readCouponsByCode(this.reader, [code]);
    return coupon !== undefined && maySee(caller, coupon.userId) ? coupon : null;
  }

  /** @throws NotAllowed for a stranger's wallet · InputError for a user that cannot be one */
  async wallet(
    caller: Caller,
    userId: string,
    status: readonly CouponStatus[] | null,
    page: PageRequest,
  ): Promise<Page<Coupon>> {
    requireUser(caller);
    if (!maySee(caller, userId)) throw new NotAllowed('to be the owner of the wallet');
    // The gateway's key is not checked anywhere else, and padding makes "anna " equal to "anna" in SQL.
    readExternalId(userId, 'id');
    const filter = { userId, status, nowMs: this.clock.nowMs() };
    const rows = await readWallet(this.reader, filter, page.afterId, page.first + 1);
    return cutPage(rows, page, () => countWallet(this.reader, filter));
  }

  private async load(ids: readonly string[]): Promise<(Coupon | undefined)[]> {
    const found = new Map<string, Coupon>();
    for (const coupon of await readCoupons(this.reader, ids)) found.set(coupon.id, coupon);
    return ids.map((id) => found.get(id));
  }
}
