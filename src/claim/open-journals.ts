/**
 * Which templates may have entries in their journals: a set in Redis that workers read every second.
 *
 * In a cluster the set is on one master and the journals are on all, so it can be lost alone. Warming
 * writes every claimable template down again, and while the set is out of reach MySQL says which
 * templates are claimable. A template that is neither has no stock left to strand.
 */
import { JOB_PAGE } from '../config/limits.js';
import type { Database, Row } from '../storage/database.js';
import { toSqlMoment } from '../storage/moments.js';
import { redisKeys } from '../storage/redis-keys.js';
import { RedisUnavailable, type RedisStore } from '../storage/redis.js';
import { CLAIM_SQL } from './claim.store.js';

const { openJournals } = redisKeys;

/** A set that does not take it takes it from the next warming. */
export async function noteJournals(
  redis: RedisStore,
  templateIds: readonly string[],
): Promise<void> {
  if (templateIds.length === 0) return;
  await redis
    .ask(openJournals, (client) => client.sadd(openJournals, ...templateIds))
    .catch(() => undefined);
}

/** @throws RedisUnavailable */
export function notedJournals(redis: RedisStore): Promise<string[]> {
  return redis.ask(openJournals, (client) => client.smembers(openJournals));
}

/** @throws RedisUnavailable where the one server is gone, and all journals with it */
export async function journalsToSettle(
  redis: RedisStore,
  database: Pick<Database, 'rows'>,
  nowMs: number,
): Promise<string[]> {
  try {
    return await notedJournals(redis);
  } catch (error) {
    if (!redis.isCluster || !(error instanceof RedisUnavailable)) throw error;
    const rows = await Array.fromAsync(claimableTemplates(database, nowMs, nowMs));
    return rows.map((row) => String(row['id']));
  }
}

export async function dropJournal(redis: RedisStore, templateId: string): Promise<void> {
  await redis.ask(openJournals, (client) => client.srem(openJournals, templateId));
}

/** Templates that can be claimed at some moment between the two: id, epoch, committed_seq. */
export async function* claimableTemplates(
  database: Pick<Database, 'rows'>,
  fromMs: number,
  untilMs: number,
): AsyncGenerator<Row> {
  const span = [toSqlMoment(fromMs), toSqlMoment(untilMs)];
  for (let last = ''; ;) {
    const rows = await database.rows(CLAIM_SQL.claimable, [...span, last, JOB_PAGE]);
    yield* rows;
    if (rows.length < JOB_PAGE) return;
    last = String(rows.at(-1)!['id']);
  }
}

/**
 * Does `work` for each, one after the other. Where a node is out of reach the others' turn comes all the same.
 * @returns what the last of those failed with
 */
export async function forEachReachable(
  templateIds: Iterable<string>,
  work: (templateId: string) => Promise<void>,
): Promise<RedisUnavailable | undefined> {
  let failure: RedisUnavailable | undefined;
  for (const templateId of templateIds) {
    try {
      await work(templateId);
    } catch (error) {
      if (!(error instanceof RedisUnavailable)) throw error;
      failure = error;
    }
  }
  return failure;
}
