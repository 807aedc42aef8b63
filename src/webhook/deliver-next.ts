/**
 * Delivers what is new in the log to one endpoint.
 *
 * Order: events of one subject are tried one after the other, of several at the same time. Where one fails,
 * it and all that follow it of its subject wait in MySQL; the others go on. Only then, in one transaction,
 * the endpoint's place moves on. A crash before that tells the page again: the ids tell.
 */
import {
  RELAY_EVENTS_MAX,
  WEBHOOK_CONCURRENCY,
  WEBHOOK_PAUSE_MS,
  WEBHOOK_WAITING_MAX,
} from '../config/limits.js';
import type { PlacedEvent } from '../event/event.types.js';
import type { Store } from '../event/event-log.store.js';
import type { ReadEvents } from '../event/read-events.js';
import type { Clock } from '../kernel/clock.js';
import { reached } from '../storage/steps.js';
import {
  countWaiting,
  insertDeliveries,
  readHeldSubjects,
  type NewDelivery,
} from './delivery.store.js';
import { lockEndpoint, movePosition } from './endpoint.store.js';
import { inLanes } from './lanes.js';
import type { Round } from './round.js';
import { nextTry } from './rules/next-try.js';
import { isWanted } from './rules/wanted-types.js';
import type { WebhookEndpoint } from './webhook.types.js';

export class DeliverNext {
  constructor(
    private readonly events: ReadEvents,
    private readonly clock: Clock,
  ) {}

  /**
   * @param at the endpoint with its place
   * @returns its new place; undefined: there is nothing new, or nothing new may be taken for it
   */
  async run(round: Round, at: WebhookEndpoint): Promise<number | undefined> {
    if (!round.isOpenToAll) return undefined;
    const { database } = round;
    const waiting = await countWaiting(database, at.id, WEBHOOK_WAITING_MAX);
    if (waiting >= WEBHOOK_WAITING_MAX) return undefined;
    const page = await this.events.after(at.position, RELAY_EVENTS_MAX);
    if (page === undefined) return undefined;
    const wanted = page.events.filter(({ event }) => isWanted(at.types, event.type));
    const queues = Map.groupBy(wanted, ({ event }) => event.subject);
    const held = await readHeldSubjects(database, at.id, [...queues.keys()]);
    const left = await inLanes(WEBHOOK_CONCURRENCY, [...queues], async ([subject, queue]) =>
      held.has(subject) ? queue.map(toBehind) : this.inOrder(round, queue),
    );
    reached('relay:delivered');
    // The page is told again by the next relay; what was cut off is no failure of the endpoint.
    if (round.isHungUp) return undefined;
    return (await this.moveOn(database, at, page.upTo, left.flat())) ? page.upTo : undefined;
  }

  /** @returns what is left of the queue: from the first that was not taken on, all */
  private async inOrder(round: Round, queue: readonly PlacedEvent[]): Promise<NewDelivery[]> {
    for (const [i, placed] of queue.entries()) {
      const body = JSON.stringify(placed.event);
      const outcome = await round.attempt(placed.event.id, body);
      if (outcome.kind === 'DELIVERED') continue;
      const nowMs = this.clock.nowMs();
      const first: NewDelivery =
        outcome.kind === 'NOT_TRIED'
          ? { placed, body, tries: 0, nextAtMs: nowMs + WEBHOOK_PAUSE_MS, failure: null }
          : {
              placed,
              body,
              tries: 1,
              nextAtMs: nextTry(1, outcome.retryAfterMs, nowMs, Math.random()),
              failure: outcome,
            };
      return [first, ...queue.slice(i + 1).map(toBehind)];
    }
    return [];
  }

  /** @returns false: another process moved it, or it is not enabled any more */
  private async moveOn(
    database: Store,
    at: WebhookEndpoint,
    upTo: number,
    left: readonly NewDelivery[],
  ): Promise<boolean> {
    const nowMs = this.clock.nowMs();
    return database.transaction(async (sql) => {
      await lockEndpoint(sql, at.id);
      if (!(await movePosition(sql, at, upTo))) return false;
      const subjects = [...new Set(left.map(({ placed }) => placed.event.subject))];
      const held = await readHeldSubjects(sql, at.id, subjects);
      // What it stood behind may have been taken meanwhile: then it is its turn.
      const rows = left.map((delivery, i) => {
        const { subject } = delivery.placed.event;
        const isFirst = left.findIndex(({ placed }) => placed.event.subject === subject) === i;
        const isUp = delivery.nextAtMs === null && isFirst && !held.has(subject);
        return isUp ? { ...delivery, nextAtMs: nowMs } : delivery;
      });
      await insertDeliveries(sql, at.id, rows, nowMs);
      return true;
    });
  }
}

/** It stands behind an earlier event of its subject. */
function toBehind(placed: PlacedEvent): NewDelivery {
  return {
    placed,
    body: JSON.stringify(placed.event),
    tries: 0,
    nextAtMs: null,
    failure: null,
  };
}
