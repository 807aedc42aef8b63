/**
 * Which gates may have entries in their journals: a set in Redis that workers read every second.
 *
 * In a cluster the set is on one master and the journals are on all, so it can be lost alone. Warming
 * writes every claimable template down again, and while the set is out of reach MySQL says which
 * templates are claimable. A template that is neither has no stock left to strand.
 */
import { JOB_PAGE } from '../config/limits.js';
import type { Database } from '../storage/database.js';
import { toSqlMoment } from '../storage/moments.js';
import { redisKeys } from '../storage/redis-keys.js';
import { RedisUnavailable, type RedisStore } from '../storage/redis.js';
import { readTemplates } from '../template/template.store.js';
import type { Template } from '../template/template.types.js';
import type { GateTag } from './claim.types.js';
import { CLAIM_SQL } from './claim.store.js';
import { gateTagsOf, templateIdOf } from './rules/gate-tag.js';

const { openJournals } = redisKeys;

/** A set that does not take it takes it from the next warming. */
export async function noteJournals(redis: RedisStore, tags: readonly GateTag[]): Promise<void> {
  if (tags.length === 0) return;
  await redis
    .ask(openJournals, (client) => client.sadd(openJournals, ...tags))
    .catch(() => undefined);
}

/** @throws RedisUnavailable */
function notedJournals(redis: RedisStore): Promise<GateTag[]> {
  return redis.ask(openJournals, (client) => client.smembers(openJournals));
}

/** The templates whose journals are noted, each once. @throws RedisUnavailable */
export async function notedTemplates(redis: RedisStore): Promise<Set<string>> {
  return new Set((await notedJournals(redis)).map(templateIdOf));
}

/** @throws RedisUnavailable where the one server is gone, and all journals with it */
export async function journalsToSettle(
  redis: RedisStore,
  database: Pick<Database, 'rows'>,
  nowMs: number,
): Promise<GateTag[]> {
  try {
    return await notedJournals(redis);
  } catch (error) {
    if (!redis.isCluster || !(error instanceof RedisUnavailable)) throw error;
    const templates = await Array.fromAsync(claimableTemplates(database, nowMs, nowMs));
    return templates.flatMap(gateTagsOf);
  }
}

export async function dropJournal(redis: RedisStore, tag: GateTag): Promise<void> {
  await redis.ask(openJournals, (client) => client.srem(openJournals, tag));
}

/** Templates that can be claimed at some moment between the two. */
export async function* claimableTemplates(
  database: Pick<Database, 'rows'>,
  fromMs: number,
  untilMs: number,
): AsyncGenerator<Template> {
  const span = [toSqlMoment(fromMs), toSqlMoment(untilMs)];
  for (let last = ''; ;) {
    const rows = await database.rows(CLAIM_SQL.claimable, [...span, last, JOB_PAGE]);
    const ids = rows.map((row) => String(row['id']));
    yield* await readTemplates(database, ids);
    if (rows.length < JOB_PAGE) return;
    last = ids.at(-1)!;
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
