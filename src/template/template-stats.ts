/** What became of a template's coupons, for operators. Counted by the clock, as everything else. */
import type { Database } from '../storage/database.js';
import { toSqlMoment } from '../storage/moments.js';

export interface TemplateStats {
  readonly issued: number;
  readonly unused: number;
  readonly held: number;
  readonly used: number;
  readonly expired: number;
  readonly frozen: number;
  readonly revoked: number;
  readonly discountGivenMinor: number;
  readonly byChannel: readonly { channel: string; issued: number; used: number }[];
}

/** Channels shown at most; the rest is in the totals. */
const CHANNELS_MAX = 100;

export async function readTemplateStats(
  database: Database,
  templateId: string,
  nowMs: number,
): Promise<TemplateStats> {
  const now = toSqlMoment(nowMs);
  const byStatus = await database.rows(
    `SELECT CASE WHEN status = 'UNUSED' OR (status = 'HELD' AND held_until <= ?)
              THEN IF(expires_at <= ?, 'EXPIRED', 'UNUSED') ELSE status END AS state,
            COUNT(*) AS n, COALESCE(SUM(IF(status = 'USED', discount_minor, 0)), 0) AS given
     FROM coupon WHERE template_id = ? GROUP BY state`,
    [now, now, templateId],
  );
  const channels = await database.rows(
    `SELECT COALESCE(channel, '') AS channel, COUNT(*) AS n, SUM(status = 'USED') AS used
     FROM coupon WHERE template_id = ? GROUP BY channel ORDER BY n DESC LIMIT ${CHANNELS_MAX}`,
    [templateId],
  );
  const of = (state: string): number =>
    Number(byStatus.find((row) => row['state'] === state)?.['n'] ?? 0);
  const sum = (column: string): number =>
    byStatus.reduce((total, row) => total + Number(row[column]), 0);
  return {
    issued: sum('n'),
    unused: of('UNUSED'),
    held: of('HELD'),
    used: of('USED'),
    expired: of('EXPIRED'),
    frozen: of('FROZEN'),
    revoked: of('REVOKED'),
    discountGivenMinor: sum('given'),
    byChannel: channels.map((row) => ({
      channel: String(row['channel']),
      issued: Number(row['n']),
      used: Number(row['used']),
    })),
  };
}
