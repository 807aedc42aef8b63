/** A user goes out of the audiences of user-exclusive templates, of every version of their rules. */
import { VERSIONS_PAGE } from '../config/limits.js';
import type { Database } from '../storage/database.js';
import { redisKeys } from '../storage/redis-keys.js';
import type { RedisStore } from '../storage/redis.js';
import type { TemplateRules } from './template.types.js';

/** Looks at a page of versions, and brings along only those whose text has the id anywhere. */
const PAGE = `SELECT template_id, version, IF(LOCATE(?, rules) > 0, rules, NULL) AS rules
  FROM template_version WHERE template_id > ? OR (template_id = ? AND version > ?)
  ORDER BY template_id, version LIMIT ${VERSIONS_PAGE}`;
const REPLACE =
  'UPDATE template_version SET rules = ? WHERE template_id = ? AND version = ? AND rules = ?';

/** @returns how many versions named the user */
export async function eraseFromAudiences(
  database: Pick<Database, 'rows' | 'transaction'>,
  redis: RedisStore,
  { userId, pseudonym }: { readonly userId: string; readonly pseudonym: string },
): Promise<number> {
  let erased = 0;
  for (let [template, version] = ['', 0]; ;) {
    const rows = await database.rows(PAGE, [JSON.stringify(userId), template, template, version]);
    for (const row of rows) {
      [template, version] = [String(row['template_id']), Number(row['version'])];
      const text = row['rules'];
      const rules = typeof text === 'string' ? (JSON.parse(text) as TemplateRules) : undefined;
      if (rules?.audience?.includes(userId) !== true) continue;
      const audience = rules.audience.map((id) => (id === userId ? pseudonym : id));
      const values = [JSON.stringify({ ...rules, audience }), template, version, text!];
      erased += await database.transaction((sql) => sql.change(REPLACE, values));
      const key = redisKeys.templateVersion(template, version);
      await redis.ask(key, (client) => client.unlink(key));
    }
    if (rows.length < VERSIONS_PAGE) return erased;
  }
}
