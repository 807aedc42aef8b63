/**
 * Appends the log to the Redis stream for other services.
 *
 * Redis may lose the stream, or a part of its end, at any moment. The stream itself tells: an entry's id is
 * the place of its event, so one look at its last entry says from where to append again, and a reader who
 * kept an id goes on after it, without a gap, also in a stream that was filled anew. MySQL's cursor says up
 * to where it should be filled. No entry comes twice; a reader that is slower than the stream is long must
 * ask elsewhere.
 */
import { EVENT_STREAM_LENGTH, RELAY_EVENTS_MAX } from '../config/limits.js';
import { redisKeys } from '../storage/redis-keys.js';
import type { RedisStore } from '../storage/redis.js';
import { loadScript } from '../storage/redis-script.js';
import { reached } from '../storage/steps.js';
import { moveCursor, readCursor, readFirstPosition, type Store } from './event-log.store.js';
import type { ReadEvents } from './read-events.js';
import type { PlacedEvent } from './event.types.js';

const APPEND = loadScript(import.meta.url, './lua/append-events-1.lua');

type Reply = readonly [isFilled: 0 | 1, lastPosition: number];

export class AppendToStream {
  constructor(
    private readonly redis: RedisStore,
    private readonly events: ReadEvents,
    private readonly length: number = EVENT_STREAM_LENGTH,
  ) {}

  /**
   * Appends one page of the log.
   * @returns how many events were on it; 0: there is no more
   * @throws RedisUnavailable · DatabaseUnavailable: the next run goes on
   */
  async run(database: Store): Promise<number> {
    const cursor = await readCursor(database, 'stream');
    const page = await this.events.after(cursor, RELAY_EVENTS_MAX);
    const events = page?.events ?? [];
    const [isFilled, last] = await this.append(cursor, events);
    if (!isFilled) return this.fillAgain(database, cursor, last);
    if (last > (page?.upTo ?? cursor)) await this.dropFuture(database, last);
    if (page !== undefined) await this.moveTo(database, cursor, page.upTo);
    return events.length;
  }

  /** From what the stream has, or from as far back as it reaches. */
  private async fillAgain(database: Store, cursor: number, last: number): Promise<number> {
    const first = (await readFirstPosition(database)) ?? cursor;
    const from = Math.max(last - 1, first - 1, cursor - this.length);
    const page = await this.events.after(from, RELAY_EVENTS_MAX);
    if (page === undefined) return 0;
    const [isFilled] = await this.append(last, page.events);
    if (isFilled) await this.moveTo(database, cursor, page.upTo);
    return page.events.length;
  }

  /** Entries beyond the end of the log are of a MySQL that was set back; their places are given anew. */
  private async dropFuture(database: Store, last: number): Promise<void> {
    if (last <= (await readCursor(database, 'log'))) return;
    await this.redis.ask(redisKeys.events, (client) => client.del(redisKeys.events));
  }

  private async append(believed: number, events: readonly PlacedEvent[]): Promise<Reply> {
    const entries = events.flatMap(({ position, ordinal, event }) => [
      `${position}-${ordinal}`,
      event.id,
      event.type,
      event.subject,
      JSON.stringify(event),
    ]);
    const args = [believed, this.length, ...entries];
    return (await this.redis.run(APPEND, [redisKeys.events], args)) as Reply;
  }

  /** The cursor may move back; if another process moved it meanwhile, it stays where that one put it. */
  private async moveTo(database: Store, from: number, to: number): Promise<void> {
    reached('relay:appended');
    await database.transaction((sql) => moveCursor(sql, 'stream', from, to));
  }
}
