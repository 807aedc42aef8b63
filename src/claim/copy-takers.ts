/**
 * Copies who has which coupons of a template from MySQL to Redis, beside what is there, under the names of
 * a new epoch: of each user to the gate that the user goes through.
 */
import { REBUILD_PAGE } from '../config/limits.js';
import type { Database } from '../storage/database.js';
import { redisKeys } from '../storage/redis-keys.js';
import type { RedisStore } from '../storage/redis.js';
import type { Template } from '../template/template.types.js';
import type { GateTag } from './claim.types.js';
import { CLAIM_SQL } from './claim.store.js';
import { gateTagOf, gateTagsOf } from './rules/gate-tag.js';

/** Leftovers of a rebuild whose process died go by themselves. */
export const BUILDING_TTL_S = 300;

export interface Copied {
  /** How many users each gate has got. */
  readonly users: ReadonlyMap<GateTag, number>;
  readonly usedDraws: ReadonlySet<number>;
}

export interface CopyParts {
  readonly database: Database;
  readonly redis: RedisStore;
  /** Told of every page. */
  readonly onPage: () => Promise<void>;
}

/** Pages through the coupons by (user, slot), the unique key of the per-user limit. */
export async function copyTakers(
  { database, redis, onPage }: CopyParts,
  template: Template,
  epoch: number,
): Promise<Copied> {
  const users = new Map(gateTagsOf(template).map((tag) => [tag, 0]));
  const usedDraws = new Set<number>();
  let [user, slot, carried] = ['', 0, ''];
  for (;;) {
    const values = [template.id, user, user, slot, REBUILD_PAGE];
    const rows = await database.rows(CLAIM_SQL.takers, values);
    const takers = new Map<string, string>();
    for (const row of rows) {
      const rowUser = String(row['user_id']);
      const before = takers.get(rowUser) ?? (rowUser === user ? carried : '');
      takers.set(rowUser, `${before}${row['slot']},${row['claim_key']},${row['id']};`);
      if (row['draw_no'] !== null) usedDraws.add(Number(row['draw_no']));
    }
    for (const [tag, some] of Map.groupBy(takers, ([name]) => gateTagOf(template, name))) {
      const key = redisKeys.takersBeingBuilt(tag, epoch);
      const more = some.filter(([name]) => name !== user).length;
      users.set(tag, users.get(tag)! + more);
      await redis.ask(key, (client) => client.hset(key, new Map(some)));
      await redis.ask(key, (client) => client.expire(key, BUILDING_TTL_S));
    }
    await onPage();
    const last = rows.at(-1);
    if (last === undefined || rows.length < REBUILD_PAGE) break;
    user = String(last['user_id']);
    slot = Number(last['slot']);
    carried = takers.get(user) ?? '';
  }
  return { users, usedDraws };
}
