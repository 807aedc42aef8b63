/** The SQL of simulations: the orders of the past, the templates that run, and the summary that is kept. */
import { JOB_PAGE, SIMULATION_CONFLICTS_MAX } from '../config/limits.js';
import { firstIdAt } from '../kernel/ids.js';
import type { StoredQuote } from '../quote/quote.types.js';
import type { Database } from '../storage/database.js';
import { fromSqlMoment, toSqlMoment } from '../storage/moments.js';
import { readTemplates } from '../template/template.store.js';
import type { Template } from '../template/template.types.js';
import type { PastOrder, Simulation, SimulationSummary } from './simulation.types.js';
import { marks } from '../storage/marks.js';

export const SIMULATION_SQL = {
  /** Ids are ordered by time, so a time is a range of the primary key. */
  paid: `SELECT id, snapshot FROM redemption
    WHERE id > ? AND id < ? AND status IN ('CONFIRMED', 'PARTIALLY_REFUNDED', 'REFUNDED')
    ORDER BY id LIMIT ${JOB_PAGE}`,
  faceValues: (count: number) =>
    `SELECT id, face_value_minor FROM coupon
     WHERE id IN (${marks(count)}) AND face_value_minor IS NOT NULL`,
  running: `SELECT id FROM template WHERE status = 'ACTIVE' AND claim_until > ?
    ORDER BY id DESC LIMIT ${SIMULATION_CONFLICTS_MAX}`,
  keep: `INSERT INTO template_simulation (template_id, version, simulated_at, actor, summary)
    VALUES (?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE simulated_at = VALUES(simulated_at),
      actor = VALUES(actor), summary = VALUES(summary)`,
  kept: `SELECT simulated_at, actor, summary FROM template_simulation
    WHERE template_id = ? AND version = ?`,
};

/** Orders whose coupons were used in a time, the oldest first, page by page. */
export async function* paidOrders(
  database: Pick<Database, 'rows'>,
  fromMs: number,
  untilMs: number,
): AsyncGenerator<PastOrder> {
  for (let after = firstIdAt(fromMs); ;) {
    const rows = await database.rows(SIMULATION_SQL.paid, [after, firstIdAt(untilMs)]);
    const quotes = rows.map((row) => JSON.parse(String(row['snapshot'])) as StoredQuote);
    const faceValues = await readFaceValues(database, quotes);
    for (const quote of quotes) yield orderOf(quote, faceValues);
    if (rows.length < JOB_PAGE) return;
    after = String(rows.at(-1)!['id']);
  }
}

function orderOf(quote: StoredQuote, faceValues: ReadonlyMap<string, number>): PastOrder {
  return {
    cart: { currency: quote.currency, lines: quote.cart },
    held: quote.applied.map(({ couponId, templateId, rules }) => ({
      couponId,
      templateId,
      rules,
      faceValueMinor: faceValues.get(couponId) ?? null,
    })),
  };
}

async function readFaceValues(
  database: Pick<Database, 'rows'>,
  quotes: readonly StoredQuote[],
): Promise<Map<string, number>> {
  const drawn = quotes
    .flatMap(({ applied }) => applied)
    .filter(({ rules }) => rules.type === 'RED_PACKET')
    .map(({ couponId }) => couponId);
  if (drawn.length === 0) return new Map();
  const rows = await database.rows(SIMULATION_SQL.faceValues(drawn.length), drawn);
  return new Map(rows.map((row) => [String(row['id']), Number(row['face_value_minor'])]));
}

/** The newest templates that are being issued; SIMULATION_CONFLICTS_MAX at most. */
export async function runningTemplates(
  database: Pick<Database, 'rows'>,
  nowMs: number,
): Promise<Template[]> {
  const rows = await database.rows(SIMULATION_SQL.running, [toSqlMoment(nowMs)]);
  return readTemplates(
    database,
    rows.map((row) => String(row['id'])),
  );
}

export async function keepSimulation(
  database: Pick<Database, 'transaction'>,
  { id, version }: Pick<Template, 'id' | 'version'>,
  { simulatedAtMs, actor, ...summary }: Simulation,
): Promise<void> {
  const values = [id, version, toSqlMoment(simulatedAtMs), actor, JSON.stringify(summary)];
  await database.transaction((sql) => sql.change(SIMULATION_SQL.keep, values));
}

/** The last simulation of a version. */
export async function readSimulation(
  database: Pick<Database, 'rows'>,
  { id, version }: Pick<Template, 'id' | 'version'>,
): Promise<Simulation | undefined> {
  const [row] = await database.rows(SIMULATION_SQL.kept, [id, version]);
  if (row === undefined) return undefined;
  return {
    ...(JSON.parse(String(row['summary'])) as SimulationSummary),
    simulatedAtMs: fromSqlMoment(String(row['simulated_at'])),
    actor: String(row['actor']),
  };
}
