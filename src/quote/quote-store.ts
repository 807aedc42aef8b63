/**
 * Where quotes are kept until they expire: Redis, and MySQL for the ones that Redis cannot take, so
 * that orders can still be placed while Redis is gone. What is in neither is QUOTE_NOT_FOUND: ask again.
 */
import { REDIS_BACKOFF_MS } from '../config/limits.js';
import type { Clock } from '../kernel/clock.js';
import type { Database } from '../storage/database.js';
import { toSqlMoment } from '../storage/moments.js';
import { redisKeys } from '../storage/redis-keys.js';
import type { RedisStore } from '../storage/redis.js';
import type { StoredQuote } from './quote.types.js';
import { marks } from '../storage/marks.js';

export const QUOTE_SQL = {
  save: `INSERT INTO quote (id, body, expires_at) VALUES (?, ?, ?)
    ON DUPLICATE KEY UPDATE body = VALUES(body), expires_at = VALUES(expires_at)`,
  find: (count: number) =>
    `SELECT id, body FROM quote WHERE id IN (${marks(count)}) AND expires_at > ?`,
};

export class QuoteStore {
  constructor(
    private readonly database: Database,
    private readonly redis: RedisStore,
    private readonly clock: Clock,
  ) {}

  /** Keeps the quote until it expires; asking again extends it. `body`: it as JSON, where that was made before. */
  async save(quote: StoredQuote, body = JSON.stringify(quote)): Promise<void> {
    const ttlMs = Math.max(quote.expiresAtMs - this.clock.nowMs(), REDIS_BACKOFF_MS);
    try {
      const key = redisKeys.quote(quote.id);
      await this.redis.ask(key, (client) => client.set(key, body, 'PX', ttlMs));
    } catch {
      await this.database.transaction((sql) =>
        sql.change(QUOTE_SQL.save, [quote.id, body, toSqlMoment(quote.expiresAtMs)]),
      );
    }
  }

  /** The quotes that are still there, at most one statement for those that Redis does not have. */
  async find(ids: readonly string[]): Promise<Map<string, StoredQuote>> {
    const nowMs = this.clock.nowMs();
    const found = new Map<string, StoredQuote>();
    const keep = (body: string): void => {
      const quote = JSON.parse(body) as StoredQuote;
      if (quote.expiresAtMs > nowMs) found.set(quote.id, quote);
    };
    for (const body of await this.fromRedis(ids)) keep(body);
    const missing = ids.filter((id) => !found.has(id));
    if (missing.length === 0) return found;
    const rows = await this.database.rows(QUOTE_SQL.find(missing.length), [
      ...missing,
      toSqlMoment(nowMs),
    ]);
    for (const row of rows) keep(String(row['body']));
    return found;
  }

  /** Each by itself: in a cluster one may be out of reach while the others are not. */
  private async fromRedis(ids: readonly string[]): Promise<string[]> {
    const bodies = await Promise.all(
      ids.map((id) => {
        const key = redisKeys.quote(id);
        return this.redis.ask(key, (client) => client.get(key)).catch(() => null);
      }),
    );
    return bodies.filter((body) => body !== null);
  }
}
