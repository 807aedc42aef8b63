/**
 * The SQL of claims: the group commit, the direct claim, and what a rebuild reads.
 *
 * MySQL is the last guard: `issued + n <= total` under the epoch of the reservation in the batch's own
 * transaction, and unique keys for slot, claim key, code and draw.
 */
import type { Coupon } from '../coupon/coupon.types.js';
import { newId } from '../kernel/ids.js';
import { reached } from '../storage/steps.js';
import type { Sql, SqlValue } from '../storage/database.js';
import { toSqlMoment } from '../storage/moments.js';
import { admitWays, type Refused } from './admit-ways.js';
import { couponOf, type Reservation } from './claim.types.js';
import { marks } from '../storage/marks.js';

const COLUMNS = `id, template_id, template_version, user_id, slot, status, version, code, claim_key,
  claim_fingerprint, channel, batch_id, face_value_minor, draw_no, claimed_at, valid_from, expires_at`;
const ROW = `(${Array(17).fill('?').join(', ')})`;

export const CLAIM_SQL = {
  /** A row that meets any unique key stays out without failing the others. */
  insertCoupons: `INSERT INTO coupon (${COLUMNS}) VALUES ? ON DUPLICATE KEY UPDATE id = coupon.id`,
  insertCoupon: `INSERT INTO coupon (${COLUMNS}) VALUES ${ROW}`,
  present: (count: number) => `SELECT id FROM coupon WHERE id IN (${marks(count)})`,
  takeBack: (count: number) => `DELETE FROM coupon WHERE id IN (${marks(count)})`,
  guard: `UPDATE template SET issued = issued + ?, committed_seq = GREATEST(committed_seq, ?)
    WHERE id = ? AND epoch = ? AND (total_count IS NULL OR issued + ? <= total_count)`,
  issueOne: 'UPDATE template SET issued = issued + 1 WHERE id = ?',
  raiseEpoch: 'UPDATE template SET epoch = epoch + 1 WHERE id = ?',
  /** In this order: the second assignment reads what the first has left alone. */
  raiseToRebuild: 'UPDATE template SET rebuilt_epoch = epoch + 1, epoch = epoch + 1 WHERE id = ?',
  stockOf: `SELECT status, epoch, rebuilt_epoch, committed_seq, issued, total_count
    FROM template WHERE id = ?`,
  claimable: `SELECT id FROM template
    WHERE status = 'ACTIVE' AND claim_until > ? AND claim_from <= ? AND id > ? ORDER BY id LIMIT ?`,
  slots: 'SELECT slot FROM coupon WHERE template_id = ? AND user_id = ?',
  draws: 'SELECT draw_no FROM coupon WHERE template_id = ? AND draw_no IS NOT NULL',
  takers: `SELECT user_id, slot, claim_key, id, draw_no FROM coupon
    WHERE template_id = ? AND (user_id > ? OR (user_id = ? AND slot > ?))
    ORDER BY user_id, slot LIMIT ?`,
  outbox: 'INSERT INTO outbox (id, type, subject_id, payload, created_at) VALUES (?, ?, ?, ?, ?)',
};

export function couponRow(coupon: Coupon): SqlValue[] {
  return [
    coupon.id,
    coupon.templateId,
    coupon.templateVersion,
    coupon.userId,
    coupon.slot,
    coupon.status,
    coupon.version,
    coupon.code,
    coupon.claimKey,
    coupon.claimFingerprint,
    coupon.channel,
    coupon.batchId,
    coupon.faceValueMinor,
    coupon.drawNo,
    toSqlMoment(coupon.claimedAtMs),
    toSqlMoment(coupon.validFromMs),
    toSqlMoment(coupon.expiresAtMs),
  ];
}

/** One event for all claims of one template in a transaction; the coupon rows are their audit entries. */
export async function recordClaims(sql: Sql, coupons: readonly Coupon[]): Promise<void> {
  const [first, ...others] = coupons;
  if (first !== undefined) await sql.change(CLAIM_SQL.outbox, claimedEvent([first, ...others]));
}

/** Its row in the outbox. */
export function claimedEvent(coupons: readonly [Coupon, ...Coupon[]]): SqlValue[] {
  const [{ templateId, claimedAtMs }] = coupons;
  const payload = JSON.stringify({ templateId, couponIds: coupons.map(({ id }) => id) });
  const at = toSqlMoment(claimedAtMs);
  return [newId(claimedAtMs), 'coupon.claimed', templateId, payload, at];
}

/** The guard refused: wrong epoch, or more than the total. The whole transaction must go. */
export class StaleEpoch extends Error {
  constructor(
    readonly templateId: string,
    readonly epoch: number,
  ) {
    super(`template ${templateId} is not at epoch ${epoch}, or would be over-issued`);
    this.name = 'StaleEpoch';
  }
}

/** Another worker has committed some of it: which ones, only a look before the INSERT can tell. All of it must go. */
export class AlreadyThere extends Error {}

export interface Inserted {
  /** The coupon ids that are in MySQL now. */
  readonly present: ReadonlySet<string>;
  /** Those that their way did not let in; the rest met a unique key. */
  readonly refused: Refused;
}

/**
 * Inserts one template's reservations of one epoch and raises its counter by the rows really inserted.
 * @throws StaleEpoch · AlreadyThere
 */
export async function insertReservations(
  sql: Sql,
  reservations: readonly Reservation[],
): Promise<Inserted> {
  const already = await presentIds(
    sql,
    reservations.filter(({ mayExist }) => mayExist).map(({ draft }) => draft.couponId),
  );
  const news = onceEach(reservations.filter(({ draft }) => !already.has(draft.couponId)));
  const coupons = news.map(couponOf);
  if (coupons.length === 0) return { present: already, refused: new Map() };
  const inserted = await sql.change(CLAIM_SQL.insertCoupons, [coupons.map(couponRow)]);
  if (inserted > 0) reached('commit:inserted');
  const isWhole = inserted === coupons.length;
  const ids = coupons.map(({ id }) => id);
  const there = isWhole ? new Set(ids) : await presentIds(sql, ids);
  if (there.size > inserted) throw new AlreadyThere();
  const drafts = news.map(({ draft }) => draft).filter(({ couponId }) => there.has(couponId));
  const refused = await admitWays(sql, drafts, !isWhole);
  if (refused.size > 0) await sql.change(CLAIM_SQL.takeBack(refused.size), [...refused.keys()]);
  await countIssued(sql, reservations, inserted - refused.size);
  const issued = coupons.filter(({ id }) => there.has(id) && !refused.has(id));
  await recordClaims(sql, issued);
  return { present: new Set([...already, ...issued.map(({ id }) => id)]), refused };
}

/** A reservation that waited so long that it was taken over from the journal is here twice, and counts once. */
function onceEach(reservations: readonly Reservation[]): Reservation[] {
  return [...new Map(reservations.map((one) => [one.draft.couponId, one])).values()];
}

/** @throws StaleEpoch */
async function countIssued(
  sql: Sql,
  reservations: readonly Reservation[],
  issued: number,
): Promise<void> {
  if (issued === 0) return;
  const [{ draft, epoch }] = reservations as [Reservation];
  if ((await sql.change(CLAIM_SQL.guard, guardValues(reservations, issued))) !== 1)
    throw new StaleEpoch(draft.templateId, epoch);
  reached('commit:guarded');
}

/** Of one template and epoch. @param issued how many of them */
export function guardValues(reservations: readonly Reservation[], issued: number): SqlValue[] {
  const [{ draft, epoch }] = reservations as [Reservation];
  const seq = Math.max(...reservations.map((reservation) => reservation.seq));
  return [issued, seq, draft.templateId, epoch, issued];
}

async function presentIds(sql: Sql, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const found = await sql.rows(CLAIM_SQL.present(ids.length), ids);
  return new Set(found.map((row) => String(row['id'])));
}
