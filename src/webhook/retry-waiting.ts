/**
 * Tries what waits at one endpoint again when its time has come: of each subject the first, and where that
 * is taken, those behind it, one after the other. After its last try an event is a dead letter and lets the
 * others of its subject pass.
 */
import { JOB_PAGE, WEBHOOK_CONCURRENCY } from '../config/limits.js';
import type { Clock } from '../kernel/clock.js';
import { callUpFirst, noteFailure, readDue, removeDelivery } from './delivery.store.js';
import { lockEndpoint } from './endpoint.store.js';
import { inLanes } from './lanes.js';
import type { Round } from './round.js';
import { nextTry } from './rules/next-try.js';
import type { FailedTry, WaitingDelivery } from './webhook.types.js';

export class RetryWaiting {
  constructor(private readonly clock: Clock) {}

  /** @returns how many were taken or are dead now */
  async run(round: Round): Promise<number> {
    const nowMs = this.clock.nowMs();
    const due = await readDue(round.database, round.endpoint.id, nowMs, JOB_PAGE);
    const firsts = [...Map.groupBy(due, ({ subjectId }) => subjectId).values()].map(earliest);
    const settled = await inLanes(WEBHOOK_CONCURRENCY, firsts, (first) =>
      this.inOrder(round, first),
    );
    return settled.reduce((sum, count) => sum + count, 0);
  }

  private async inOrder(round: Round, first: WaitingDelivery): Promise<number> {
    let settled = 0;
    for (let next: WaitingDelivery | undefined = first; next !== undefined; settled += 1) {
      const taken: WaitingDelivery = next;
      const outcome = await round.attempt(taken.eventId, taken.body);
      if (outcome.kind === 'NOT_TRIED') return settled;
      if (outcome.kind === 'FAILED')
        return (await round.alone(() => this.fail(round, taken, outcome))) ? settled + 1 : settled;
      next = await round.alone(() => this.settle(round, taken));
    }
    return settled;
  }

  /** @returns the one behind it */
  private async settle(round: Round, taken: WaitingDelivery): Promise<WaitingDelivery | undefined> {
    const { id, endpointId, subjectId } = taken;
    return round.database.transaction(async (sql) => {
      await lockEndpoint(sql, endpointId);
      await removeDelivery(sql, id);
      return callUpFirst(sql, endpointId, subjectId, this.clock.nowMs());
    });
  }

  /** @returns whether it is dead now */
  private async fail(round: Round, next: WaitingDelivery, failure: FailedTry): Promise<boolean> {
    const { endpointId, subjectId, tries } = next;
    const nowMs = this.clock.nowMs();
    const nextAtMs = nextTry(tries + 1, failure.retryAfterMs, nowMs, Math.random());
    const isDead = await round.database.transaction(async (sql) => {
      await lockEndpoint(sql, endpointId);
      const isNoted = await noteFailure(sql, next, failure, nextAtMs, nowMs);
      if (!isNoted || nextAtMs !== null) return false;
      await callUpFirst(sql, endpointId, subjectId, nowMs);
      return true;
    });
    if (isDead) round.noteDead();
    return isDead;
  }
}

function earliest(deliveries: readonly WaitingDelivery[]): WaitingDelivery {
  return deliveries.reduce((a, b) =>
    a.position < b.position || (a.position === b.position && a.ordinal < b.ordinal) ? a : b,
  );
}
