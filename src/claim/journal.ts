/**
 * What a process does with the journal beside reserving: forgetting what is committed, giving back what
 * was refused, and looking whether a key is known.
 */
import type { RedisStore } from '../storage/redis.js';
import { redisKeys } from '../storage/redis-keys.js';
import { loadScript } from '../storage/redis-script.js';
import type { Claimant, GateTag, Reservation } from './claim.types.js';
import type { Known, ReserveClaims } from './reserve-claims.js';
import { gateTagOf } from './rules/gate-tag.js';

const recallClaim = loadScript(import.meta.url, './lua/recall-claim-2.lua');

/** Entries that wait to be deleted together. */
type Forgotten = Map<GateTag, string[]>;

export class Journal {
  private readonly forgotten: Forgotten = new Map();

  constructor(
    private readonly redis: RedisStore,
    private readonly reserver: ReserveClaims,
  ) {}

  /**
   * After the COMMIT. Nobody waits for it: an entry that stays is settled later and changes nothing. What
   * one commit settled is deleted by one command a gate.
   */
  forget({ tag, journalId }: Reservation): void {
    if (this.forgotten.size === 0) queueMicrotask(() => this.deleteForgotten());
    const ids = this.forgotten.get(tag);
    if (ids === undefined) this.forgotten.set(tag, [journalId]);
    else ids.push(journalId);
  }

  private deleteForgotten(): void {
    for (const [tag, ids] of this.forgotten) {
      const key = redisKeys.journal(tag);
      void this.redis.ask(key, (client) => client.xdel(key, ...ids)).catch(() => undefined);
    }
    this.forgotten.clear();
  }

  /** @returns whether it is certain that nobody will commit this reservation any more */
  async giveBack(reservation: Reservation): Promise<boolean> {
    try {
      const [isBack] = await this.reserver.release(reservation.tag, [reservation]);
      return isBack === true;
    } catch {
      return false;
    }
  }

  /**
   * Whether this user's key may have had success; false only where Redis surely knows all of the template.
   * @param known what MySQL had within the last second
   */
  async mayHaveClaimed({ userId, claimKey }: Claimant, known: Known): Promise<boolean> {
    const tag = gateTagOf(known, userId);
    try {
      const keys = [redisKeys.gate(tag), redisKeys.takers(tag)];
      const args = [known.epoch, known.committedSeq, userId, claimKey];
      return (await this.redis.run(recallClaim, keys, args)) !== 'NO';
    } catch {
      return true;
    }
  }
}
