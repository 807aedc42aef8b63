/** Reads the log from a place on, as the events that others are told. */
import { LOG_PAGE } from '../config/limits.js';
import type { Database } from '../storage/database.js';
import { readLog } from './event-log.store.js';
import type { LogEntry, PlacedEvent, ReadCouponFacts } from './event.types.js';
import { couponIdsOf, toCloudEvents } from './rules/to-cloud-events.js';

export interface EventPage {
  readonly events: readonly PlacedEvent[];
  /** The place after which the next page begins. */
  readonly upTo: number;
}

export class ReadEvents {
  constructor(
    private readonly database: Database,
    private readonly readCoupons: ReadCouponFacts,
  ) {}

  /**
   * @param eventsMax whole rows of the log are read until they are so many; one row is read in any case
   * @returns undefined: there is nothing after that place
   */
  async after(position: number, eventsMax: number): Promise<EventPage | undefined> {
    const entries = await this.entriesAfter(position, eventsMax);
    const last = entries.at(-1);
    if (last === undefined) return undefined;
    const coupons = await this.readCoupons(entries.flatMap(couponIdsOf));
    const byId = new Map(coupons.map((coupon) => [coupon.id, coupon]));
    return {
      events: entries.flatMap((entry) => toCloudEvents(entry, byId)),
      upTo: last.position,
    };
  }

  /** Rows of one event each are read on, page after page: a step of the relay costs a commit, a page does not. */
  private async entriesAfter(position: number, eventsMax: number): Promise<LogEntry[]> {
    let entries: LogEntry[] = [];
    for (;;) {
      const page = await readLog(this.database, entries.at(-1)?.position ?? position, LOG_PAGE);
      const all = [...entries, ...page];
      entries = cut(all, eventsMax);
      if (page.length < LOG_PAGE || entries.length < all.length) return entries;
    }
  }
}

/** As many rows from the first on as have `eventsMax` events together, or the first alone. */
function cut(entries: readonly LogEntry[], eventsMax: number): LogEntry[] {
  let events = 0;
  return entries.filter((entry, i) => {
    events += Math.max(1, couponIdsOf(entry).length);
    return i === 0 || events <= eventsMax;
  });
}
