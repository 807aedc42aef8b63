/**
 * The group commit: gathers reservations while the last transaction runs and commits them together.
 *
 * Promises: COMMITTED means that the row is durable; STALE and UNAVAILABLE mean that it is not and never
 * will be by this reservation; REFUSED that its way never lets it in; POISONED that MySQL will not take it; UNKNOWN claims nothing. There is no timer: a batch is whatever came while
 * the one before was on its way, so an idle system answers at once and a busy one in large steps.
 */
import { COMMIT_BATCH_MAX, COMMIT_QUEUE_MAX, COMMIT_TRIES_MAX } from '../config/limits.js';
import { readCouponByClaim } from '../coupon/coupon.store.js';
import type { FailureCode } from '../kernel/rejection.js';
import { Batches } from '../kernel/batches.js';
import { reached } from '../storage/steps.js';
import type { Database } from '../storage/database.js';
import { isUnavailable, OutcomeUnknown } from '../storage/database-errors.js';
import { packetOf } from './claim-packet.js';
import { AlreadyThere, insertReservations, StaleEpoch, type Inserted } from './claim.store.js';
import type { CommitOutcome, Reservation } from './claim.types.js';

export class Committer {
  private readonly batches = new Batches<Reservation, CommitOutcome>(
    (batch) => this.commitAll(batch),
    COMMIT_BATCH_MAX,
  );
  private readonly pending = new Map<string, Promise<CommitOutcome>>();

  constructor(
    private readonly database: Database,
    private readonly onFault: (error: unknown) => void,
    private readonly onBatch: (size: number) => void = () => undefined,
  ) {}

  /** Reservations that wait for a transaction. */
  get waiting(): number {
    return this.batches.waiting;
  }

  /** More reservations than can be committed in time: claims must not take stock now. */
  isOverloaded(): boolean {
    return this.batches.waiting >= COMMIT_QUEUE_MAX;
  }

  /** The outcome of this reservation; never throws. */
  commit(reservation: Reservation): Promise<CommitOutcome> {
    const { couponId } = reservation.draft;
    const outcome = this.batches.add(reservation).finally(() => this.pending.delete(couponId));
    this.pending.set(couponId, outcome);
    return outcome;
  }

  /** The outcome that this process is waiting for, if it is the one that has the coupon in hand. */
  inHand(couponId: string): Promise<CommitOutcome> | undefined {
    return this.pending.get(couponId);
  }

  /** Resolves when everything that was handed in is settled. */
  async drain(): Promise<void> {
    await this.batches.drain();
  }

  private async commitAll(
    batch: readonly Reservation[],
  ): Promise<PromiseSettledResult<CommitOutcome>[]> {
    this.onBatch(batch.length);
    const outcomes = await this.commitBatch(batch);
    return batch.map(({ draft }) => ({
      status: 'fulfilled',
      value: outcomes.get(draft.couponId) ?? { kind: 'UNKNOWN' },
    }));
  }

  /**
   * Commits what can be committed. A stale template goes out of the batch and the rest is tried again;
   * what may be done, because an answer was lost or another worker was faster, is committed again, which
   * changes nothing if it was done.
   */
  private async commitBatch(batch: readonly Reservation[]): Promise<Map<string, CommitOutcome>> {
    const outcomes = new Map<string, CommitOutcome>();
    let left = batch;
    let failure: CommitOutcome = { kind: 'UNAVAILABLE' };
    for (let tries = 0; left.length > 0 && tries < COMMIT_TRIES_MAX;) {
      try {
        await this.tell(left, await this.insertAll(left), outcomes);
        return outcomes;
      } catch (error) {
        if (error instanceof StaleEpoch) {
          const isStale = (r: Reservation): boolean =>
            r.draft.templateId === error.templateId && r.epoch === error.epoch;
          for (const { draft } of left.filter(isStale))
            outcomes.set(draft.couponId, { kind: 'STALE' });
          left = left.filter((reservation) => !isStale(reservation));
          continue;
        }
        tries += 1;
        if (error instanceof OutcomeUnknown || error instanceof AlreadyThere) {
          failure = { kind: 'UNKNOWN' };
          left = left.map((reservation) => ({ ...reservation, mayExist: true }));
        } else if (!isUnavailable(error)) {
          return this.isolate(left, outcomes, error);
        }
      }
    }
    for (const { draft } of left) outcomes.set(draft.couponId, failure);
    return outcomes;
  }

  /** One poisoned row must not fail the others: halves are tried alone until it stands by itself. */
  private async isolate(
    batch: readonly Reservation[],
    outcomes: Map<string, CommitOutcome>,
    error: unknown,
  ): Promise<Map<string, CommitOutcome>> {
    if (batch.length === 1) {
      this.onFault(error);
      const { draft, mayExist } = batch[0]!;
      const reason = error instanceof Error ? error.message : String(error);
      return outcomes.set(draft.couponId, { kind: 'POISONED', reason, mayExist });
    }
    const middle = Math.ceil(batch.length / 2);
    for (const half of [batch.slice(0, middle), batch.slice(middle)]) {
      for (const [id, outcome] of await this.commitBatch(half)) outcomes.set(id, outcome);
    }
    return outcomes;
  }

  /** One transaction; templates in the order of their ids, so that two batches never wait for each other in a ring. */
  private async insertAll(batch: readonly Reservation[]): Promise<Inserted> {
    const byTemplate = Map.groupBy(batch, ({ draft, epoch }) => `${draft.templateId} ${epoch}`);
    const groups = [...byTemplate].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
    const packet = packetOf(groups);
    const isWhole = packet !== undefined && (await this.database.transactTogether(packet));
    const inserted = isWhole ? allOf(batch) : await this.insertOneByOne(groups);
    reached('commit:committed');
    return inserted;
  }

  /** For each reservation a decision of its own. */
  private insertOneByOne(groups: readonly (readonly Reservation[])[]): Promise<Inserted> {
    return this.database.transaction(async (sql) => {
      reached('commit:opened');
      const present = new Set<string>();
      const refused = new Map<string, FailureCode>();
      for (const reservations of groups) {
        const one = await insertReservations(sql, reservations);
        for (const id of one.present) present.add(id);
        for (const [id, code] of one.refused) refused.set(id, code);
      }
      return { present, refused };
    });
  }

  private async tell(
    batch: readonly Reservation[],
    { present, refused }: Inserted,
    outcomes: Map<string, CommitOutcome>,
  ): Promise<void> {
    for (const { draft } of batch) {
      const { couponId } = draft;
      const code = refused.get(couponId);
      if (present.has(couponId)) outcomes.set(couponId, { kind: 'COMMITTED' });
      else if (code !== undefined) outcomes.set(couponId, { kind: 'REFUSED', code });
      else outcomes.set(couponId, await this.whyAbsent(draft.userId, draft.claimKey));
    }
  }

  /** Its key was used before, or a slot, draw or code was not free: then Redis was not telling the truth. */
  private async whyAbsent(userId: string, claimKey: string): Promise<CommitOutcome> {
    try {
      const coupon = await readCouponByClaim(this.database, userId, claimKey);
      return coupon === undefined ? { kind: 'STALE' } : { kind: 'DUPLICATE', coupon };
    } catch {
      return { kind: 'UNKNOWN' };
    }
  }
}

function allOf(batch: readonly Reservation[]): Inserted {
  return { present: new Set(batch.map(({ draft }) => draft.couponId)), refused: new Map() };
}
