/** How many reservations wait in all journals, or undefined where Redis cannot be asked. */
import type { Database } from '../storage/database.js';
import { redisKeys } from '../storage/redis-keys.js';
import type { RedisStore } from '../storage/redis.js';
import { journalsToSettle } from './open-journals.js';

export async function countJournalEntries(
  redis: RedisStore,
  database: Pick<Database, 'rows'>,
  nowMs: number,
): Promise<number | undefined> {
  try {
    const keys = (await journalsToSettle(redis, database, nowMs)).map(redisKeys.journal);
    const lengths = await Promise.all(
      keys.map((key) => redis.ask(key, (client) => client.xlen(key))),
    );
    return lengths.reduce((sum, length) => sum + length, 0);
  } catch {
    return undefined;
  }
}
