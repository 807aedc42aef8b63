/**
 * An operator has a dead letter tried again, with the same event id, once what kept the endpoint from taking
 * it is mended. Later events of its subject may have been delivered since: a receiver that goes by `seq`
 * sees it.
 */
import { requireScope, type Caller } from '../kernel/caller.js';
import type { Clock } from '../kernel/clock.js';
import { isId } from '../kernel/ids.js';
import { rejection } from '../kernel/rejection.js';
import { ok, rejected, type Result } from '../kernel/result.js';
import { settled } from '../storage/as-rejection.js';
import type { Database } from '../storage/database.js';
import { changeEndpoint } from './change-endpoint.js';
import { readDelivery, revive } from './dead-letter.store.js';
import type { WaitingDelivery } from './webhook.types.js';

/** Thrown through the transaction, so that the step of the endpoint goes with it. */
class NotDead extends Error {}

export class ReplayDeadLetter {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @throws NotAuthenticated · NotAllowed */
  async run(caller: Caller, id: string): Promise<Result<WaitingDelivery>> {
    const actor = requireScope(caller, 'coupons:admin');
    if (!isId(id)) return rejected(rejection('DEAD_LETTER_NOT_FOUND'));
    return settled(async () => {
      const letter = await readDelivery(this.database, id);
      if (letter === undefined) return rejected(rejection('DEAD_LETTER_NOT_FOUND'));
      try {
        return await this.replay(actor, letter);
      } catch (error) {
        if (error instanceof NotDead) return rejected(rejection('DEAD_LETTER_NOT_FOUND'));
        throw error;
      }
    });
  }

  private async replay(actor: string, letter: WaitingDelivery): Promise<Result<WaitingDelivery>> {
    const atMs = this.clock.nowMs();
    const { endpointId, eventId } = letter;
    return this.database.transaction(async (sql) => {
      const details = { eventId };
      const step = { id: endpointId, event: 'REPLAY', actor, atMs, details } as const;
      const changed = await changeEndpoint(sql, step);
      if (!changed.ok) return changed;
      if (!(await revive(sql, letter, atMs))) throw new NotDead();
      return ok((await readDelivery(sql, letter.id)) ?? letter);
    });
  }
}
