/**
 * What a process does with the journal beside reserving: forgetting what is committed, giving back what
 * was refused, and looking whether a key is known.
 */
import type { RedisStore } from '../storage/redis.js';
import { redisKeys } from '../storage/redis-keys.js';
import type { ClaimDraft, Reservation } from './claim.types.js';
import type { ReserveClaims } from './reserve-claims.js';

export class Journal {
  constructor(
    private readonly redis: RedisStore,
    private readonly reserver: ReserveClaims,
  ) {}

  /** After the COMMIT. Nobody waits for it: an entry that stays is settled later and changes nothing. */
  forget(reservation: Reservation): void {
    const key = redisKeys.journal(reservation.draft.templateId);
    void this.redis.ask((client) => client.xdel(key, reservation.journalId)).catch(() => undefined);
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
   * Whether this user's key may have had success; false only where Redis surely knows all of the template:
   * a gate of this life of the server and of the epoch that MySQL had within the last second.
   */
  async mayHaveClaimed(draft: ClaimDraft, knownEpoch: number): Promise<boolean> {
    const { templateId, userId, claimKey } = draft;
    try {
      const runId = await this.redis.serverRunId();
      const [epoch, run] = await this.redis.ask((client) =>
        client.hmget(redisKeys.gate(templateId), 'epoch', 'run'),
      );
      if (run !== runId || Number(epoch) < knownEpoch) return true;
      const taken = await this.redis.ask((client) =>
        client.hget(redisKeys.takers(templateId), userId),
      );
      return taken?.includes(`,${claimKey},`) ?? false;
    } catch {
      return true;
    }
  }
}
