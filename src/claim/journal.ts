/**
 * What a process does with the journal beside reserving: forgetting what is committed, giving back what
 * was refused, and looking whether a key is known.
 */
import type { RedisStore } from '../storage/redis.js';
import { redisKeys } from '../storage/redis-keys.js';
import { loadScript } from '../storage/redis-script.js';
import type { ClaimDraft, Reservation } from './claim.types.js';
import type { Known, ReserveClaims } from './reserve-claims.js';

const recallClaim = loadScript(import.meta.url, './lua/recall-claim-2.lua');

/** Entries that wait to be deleted together. */
type Forgotten = Map<string, string[]>;

export class Journal {
  private readonly forgotten: Forgotten = new Map();

  constructor(
    private readonly redis: RedisStore,
    private readonly reserver: ReserveClaims,
  ) {}

  /**
   * After the COMMIT. Nobody waits for it: an entry that stays is settled later and changes nothing. What
   * one commit settled is deleted by one command a template.
   */
  forget({ draft, journalId }: Reservation): void {
    if (this.forgotten.size === 0) queueMicrotask(() => this.deleteForgotten());
    const ids = this.forgotten.get(draft.templateId);
    if (ids === undefined) this.forgotten.set(draft.templateId, [journalId]);
    else ids.push(journalId);
  }

  private deleteForgotten(): void {
    for (const [templateId, ids] of this.forgotten) {
      const key = redisKeys.journal(templateId);
      void this.redis.ask(key, (client) => client.xdel(key, ...ids)).catch(() => undefined);
    }
    this.forgotten.clear();
  }

  /** @returns whether it is certain that nobody will commit this reservation any more */
  async giveBack(reservation: Reservation): Promise<boolean> {
    try {
      const [isBack] = await this.reserver.release(reservation.draft.templateId, [reservation]);
      return isBack === true;
    } catch {
      return false;
    }
  }

  /**
   * Whether this user's key may have had success; false only where Redis surely knows all of the template.
   * @param known what MySQL had within the last second
   */
  async mayHaveClaimed(draft: ClaimDraft, known: Known): Promise<boolean> {
    const { templateId, userId, claimKey } = draft;
    try {
      const keys = [redisKeys.gate(templateId), redisKeys.takers(templateId)];
      const args = [known.epoch, known.committedSeq, userId, claimKey];
      return (await this.redis.run(recallClaim, keys, args)) !== 'NO';
    } catch {
      return true;
    }
  }
}
