/**
 * The quarantine: journal entries that nobody can commit, kept in MySQL with the reason until an operator
 * has looked at them. Redis may lose everything, so it is no place for them. What stood in an entry is
 * sealed: it may hold a code and whatever a broken or foreign process wrote into it.
 */
import { QUARANTINED_ENTRY_LENGTH_MAX } from '../config/limits.js';
import type { PageRequest } from '../graph/paging.js';
import { digest } from '../kernel/digest.js';
import { newId } from '../kernel/ids.js';
import { maskText } from '../kernel/mask-text.js';
import type { Database, Reader, Row } from '../storage/database.js';
import { fromSqlMoment, toSqlMoment } from '../storage/moments.js';
import { CannotOpen, isSealed, type Sealer } from '../storage/seal.js';
import type { Place } from '../storage/sealed-columns.js';
import type { Entry } from './rules/read-entry.js';

/** An entry that was set aside. */
export interface QuarantinedClaim {
  readonly id: string;
  readonly templateId: string;
  /** null: the entry does not tell. */
  readonly userId: string | null;
  readonly couponId: string | null;
  readonly reason: string;
  readonly tries: number;
  /** What stood in it, as JSON, cut; null: its key is gone, or it was erased. */
  readonly entry: string | null;
  readonly quarantinedAtMs: number;
}

export interface SetAside {
  readonly templateId: string;
  readonly entry: Entry;
  readonly userId: string | null;
  readonly couponId: string | null;
  readonly reason: string;
  readonly tries: number;
}

const COLUMNS = 'id, template_id, user_id, coupon_id, reason, tries, entry, quarantined_at';
const REASON_MAX = 500;

export const QUARANTINE_SQL = {
  /** The fingerprint is unique: an entry that two workers set aside is one row. */
  insert: `INSERT INTO quarantined_claim (id, template_id, user_id, coupon_id, fingerprint, reason, tries,
      entry, quarantined_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE id = quarantined_claim.id`,
  page: `SELECT ${COLUMNS} FROM quarantined_claim WHERE id < ? ORDER BY id DESC LIMIT ?`,
  count: 'SELECT COUNT(*) AS n FROM quarantined_claim',
};

/** @returns false: it was there before */
export async function setAside(
  database: Database,
  sealer: Sealer,
  aside: SetAside,
  nowMs: number,
): Promise<boolean> {
  const text = JSON.stringify(withoutTries(aside.entry[1]));
  const id = newId(nowMs);
  const entry = sealer.seal(text.slice(0, QUARANTINED_ENTRY_LENGTH_MAX), placeOf(id));
  const inserted = await database.transaction((sql) =>
    sql.change(QUARANTINE_SQL.insert, [
      id,
      aside.templateId,
      aside.userId,
      aside.couponId,
      digest('quarantine', aside.templateId, text),
      maskText(aside.reason).slice(0, REASON_MAX),
      aside.tries,
      entry,
      toSqlMoment(nowMs),
    ]),
  );
  return inserted === 1;
}

/** Newest first; one more than asked for, to see whether more follow. */
export async function readQuarantine(
  reader: Reader,
  sealer: Sealer,
  { first, afterId }: PageRequest,
): Promise<QuarantinedClaim[]> {
  const rows = await reader.rows(QUARANTINE_SQL.page, [afterId ?? '~', first + 1]);
  return rows.map((row) => toQuarantined(row, sealer));
}

export async function countQuarantined(reader: Reader): Promise<number> {
  const [row] = await reader.rows(QUARANTINE_SQL.count);
  return Number(row?.['n']);
}

/** Every taking over counts up `tries` in the entry, which stays the same entry. */
function withoutTries(fields: readonly string[]): string[] {
  const at = fields.findIndex((field, i) => i % 2 === 0 && field === 'tries');
  return at < 0 ? [...fields] : fields.toSpliced(at, 2);
}

function toQuarantined(row: Row, sealer: Sealer): QuarantinedClaim {
  return {
    id: String(row['id']),
    templateId: String(row['template_id']),
    userId: row['user_id'] === null ? null : String(row['user_id']),
    couponId: row['coupon_id'] === null ? null : String(row['coupon_id']),
    reason: String(row['reason']),
    tries: Number(row['tries']),
    entry: openEntry(row, sealer),
    quarantinedAtMs: fromSqlMoment(String(row['quarantined_at'])),
  };
}

function placeOf(rowId: string): Place {
  return { table: 'quarantined_claim', column: 'entry', rowId };
}

/** An entry that does not open must not hide the others from operators. */
export function openEntry(row: Row, sealer: Sealer): string | null {
  const entry = String(row['entry']);
  // The version before did not seal; `npm run rotate:keys` does it for what it left.
  if (!isSealed(entry)) return entry === '' ? null : entry;
  try {
    return sealer.open(entry, placeOf(String(row['id'])));
  } catch (error) {
    if (error instanceof CannotOpen) return null;
    throw error;
  }
}
