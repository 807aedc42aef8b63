/**
 * What operators watch, in four statements that read counters and no coupon. A worker reads them at
 * intervals; a scrape shows what was read and never asks MySQL.
 */
import { ALERT_TEMPLATES_MAX, STOCK_SHOWN_MAX } from '../config/limits.js';
import type { Clock } from '../kernel/clock.js';
import type { Database, Row } from '../storage/database.js';
import { toSqlMoment } from '../storage/moments.js';
import type { Numbers } from './numbers.types.js';

/** What a template has left of its total while it is being issued. */
const STOCK = `FROM template WHERE status = 'ACTIVE' AND claim_until > ? AND total_count IS NOT NULL`;

export const NUMBERS_SQL = {
  lowest: `SELECT id, total_count, GREATEST(total_count - issued, 0) AS remaining ${STOCK}
    ORDER BY remaining / GREATEST(total_count, 1), id LIMIT ${STOCK_SHOWN_MAX}`,
  stock: `SELECT COALESCE(SUM(total_count), 0) AS total,
      COALESCE(SUM(GREATEST(total_count - issued, 0)), 0) AS remaining ${STOCK}`,
  templates: 'SELECT status, COUNT(*) AS n FROM template GROUP BY status',
  coupons: `SELECT SUM(unused) AS unused, SUM(held) AS held, SUM(used) AS used, SUM(expired) AS expired,
      SUM(frozen) AS frozen, SUM(revoked) AS revoked, SUM(expiring) AS expiring FROM template_count`,
  quarantined: 'SELECT COUNT(*) AS n FROM quarantined_claim',
  mostUnused: `SELECT template_id AS id FROM template_count WHERE unused > 0
    ORDER BY unused DESC, template_id LIMIT ${ALERT_TEMPLATES_MAX}`,
  mostExpiring: `SELECT template_id AS id FROM template_count WHERE expiring > 0
    ORDER BY expiring DESC, template_id LIMIT ${ALERT_TEMPLATES_MAX}`,
};

/** @throws DatabaseUnavailable */
export async function readNumbers(
  database: Pick<Database, 'rows'>,
  clock: Clock,
): Promise<Numbers> {
  const now = toSqlMoment(clock.nowMs());
  const lowest = (await database.rows(NUMBERS_SQL.lowest, [now])).map((row) => ({
    templateId: String(row['id']),
    remaining: Number(row['remaining']),
    total: Number(row['total_count']),
  }));
  const [stock] = await database.rows(NUMBERS_SQL.stock, [now]);
  const shown = (of: 'remaining' | 'total') => lowest.reduce((sum, one) => sum + one[of], 0);
  const templates = await database.rows(NUMBERS_SQL.templates);
  const [coupons] = await database.rows(NUMBERS_SQL.coupons);
  const [quarantined] = await database.rows(NUMBERS_SQL.quarantined);
  return {
    lowest,
    // A claim between the two statements must not make less than nothing of the others.
    others: {
      remaining: Math.max(0, Number(stock!['remaining']) - shown('remaining')),
      total: Math.max(0, Number(stock!['total']) - shown('total')),
    },
    templates: Object.fromEntries(
      templates.map((row) => [String(row['status']), Number(row['n'])]),
    ),
    coupons: numbersOf(coupons!),
    quarantined: Number(quarantined!['n']),
  };
}

function numbersOf(row: Row): Record<string, number> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)]));
}
