/** Which templates are given by themselves: on a registration, on a birthday. */
import type { Sql } from '../storage/database.js';
import { toSqlMoment } from '../storage/moments.js';
import type { GrantTrigger } from './template.types.js';

/** `grantOn` goes with GRANT_ONLY alone, so an index leads to the few templates whose rules are looked into. */
const GRANTED_ON = `SELECT t.id FROM template t
  JOIN template_version v ON v.template_id = t.id AND v.version = t.version
  WHERE t.status = 'ACTIVE' AND t.claim_method = 'GRANT_ONLY' AND t.claim_until > ?
    AND t.claim_from <= ? AND JSON_VALUE(v.rules, '$.grantOn') = ?
  ORDER BY t.id LIMIT ?`;

/** Those that can be given now, the oldest first. @returns their ids */
export async function readGrantedOn(
  source: Pick<Sql, 'rows'>,
  trigger: GrantTrigger,
  nowMs: number,
  limit: number,
): Promise<string[]> {
  const now = toSqlMoment(nowMs);
  return (await source.rows(GRANTED_ON, [now, now, trigger, limit])).map((row) =>
    String(row['id']),
  );
}
