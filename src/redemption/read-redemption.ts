/**
 * Reading redemptions: an order's latest one, as the clock has it.
 *
 * Somebody else's redemption and none are the same answer. However many orders one request asks for
 * (also through `_entities`), it is one batch: the loader batches and keeps nothing.
 */
import DataLoader from 'dataloader';
import { maySee, requireUser, type Caller } from '../kernel/caller.js';
import type { Clock } from '../kernel/clock.js';
import { isExternalId } from '../kernel/external-id.js';
import type { StoredQuote } from '../quote/quote.types.js';
import type { Database } from '../storage/database.js';
import { readLatest, readLiveSnapshots } from './redemption.store.js';
import type { Redemption } from './redemption.types.js';
import { redemptionAt } from './rules/redemption-lifecycle.js';

export class ReadRedemption {
  private readonly batches: DataLoader<string, Redemption | undefined>;
  private readonly liveBatches: DataLoader<string, StoredQuote | undefined>;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    this.batches = new DataLoader((orderIds) => this.load(orderIds), { cache: false });
    this.liveBatches = new DataLoader((orderIds) => this.loadLive(orderIds), { cache: false });
  }

  /** @throws NotAuthenticated */
  async byOrder(caller: Caller, orderId: string): Promise<Redemption | null> {
    requireUser(caller);
    if (!isExternalId(orderId)) return null;
    const latest = await this.batches.load(orderId);
    return latest !== undefined && maySee(caller, latest.userId) ? latest : null;
  }

  /** What the order's live redemption was held under: what the order is quoted from then on. */
  readonly liveQuoteOf = async (orderId: string): Promise<StoredQuote | undefined> => {
    if (!isExternalId(orderId)) return undefined;
    return this.liveBatches.load(orderId);
  };

  private async loadLive(orderIds: readonly string[]): Promise<(StoredQuote | undefined)[]> {
    const live = await readLiveSnapshots(this.database, orderIds, this.clock.nowMs());
    return orderIds.map((orderId) => live.get(orderId));
  }

  private async load(orderIds: readonly string[]): Promise<(Redemption | undefined)[]> {
    const found = await readLatest(this.database, orderIds);
    const nowMs = this.clock.nowMs();
    return orderIds.map((orderId) => {
      const latest = found.get(orderId);
      return latest && redemptionAt(latest, nowMs);
    });
  }
}
