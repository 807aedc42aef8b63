/**
 * The relay: brings events from the outbox into the log, and from there to the stream and the endpoints.
 *
 * Promise: every event is told at least once, in order per subject, and waits in MySQL until it is. One
 * worker relays at a time, by the lease of its job. Two would repeat events but not reorder them: each step
 * moves a place in MySQL by compare-and-set, and is refused to a worker that lost the lease.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { RELAY_EVERY_MS, RELAY_PAGES_MAX } from '../config/limits.js';
import type { AppendToStream } from '../event/append-to-stream.js';
import { readLog, readOldestDue, type Store } from '../event/event-log.store.js';
import type { LogOutbox } from '../event/log-outbox.js';
import type { Clock } from '../kernel/clock.js';
import { RedisUnavailable } from '../storage/redis.js';
import type { DeliverEvents } from '../webhook/deliver-events.js';
import { countDeadLetters } from '../webhook/dead-letter.store.js';
import { readEndpoints } from '../webhook/endpoint.store.js';
import type { JobResult, JobRun } from './frame/job.js';

export interface RelayMeasure {
  /** Age of the oldest event that is not in the log. */
  readonly outboxLagMs: number;
  /** Age of the oldest event that some enabled endpoint was not told, those that wait at it aside. */
  readonly webhookLagMs: number;
  readonly deadLetters: number;
}

export interface RelayParts {
  readonly clock: Clock;
  readonly log: LogOutbox;
  readonly stream: AppendToStream;
  readonly webhooks: DeliverEvents;
  /** Counts what the stream was given. */
  readonly onStreamed: (events: number) => void;
}

export class RelayEvents {
  constructor(private readonly parts: RelayParts) {}

  /**
   * Relays for as long as a run may last, looking for what is new several times a second. Slow endpoints are
   * served beside the others; at the end they are waited for, or hung up on where the process stops.
   */
  async run({ database, signal }: Pick<JobRun, 'database' | 'signal'>): Promise<JobResult> {
    let handled = 0;
    while (!signal.aborted) {
      handled += await this.pass(database);
      await sleep(RELAY_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
    const isTimeOver = (signal.reason as Error | undefined)?.name === 'TimeoutError';
    if (!isTimeOver) this.parts.webhooks.hangUp();
    await this.parts.webhooks.settled();
    const lagMs = await this.outboxLagMs(database).catch(() => undefined);
    return { handled, isMore: true, ...(lagMs === undefined ? {} : { lagMs }) };
  }

  /** One look at the outbox: all of it is logged, streamed, and begun to be delivered. @returns rows logged */
  async pass(database: Store): Promise<number> {
    const { log, webhooks } = this.parts;
    let logged = 0;
    for (let page = 0; page < RELAY_PAGES_MAX; page += 1) {
      const rows = await log.run(database);
      if (rows === 0) break;
      logged += rows;
    }
    await webhooks.begin(database);
    await this.fillStream(database);
    return logged;
  }

  async measure(database: Store): Promise<RelayMeasure> {
    const enabled = (await readEndpoints(database)).filter(({ status }) => status === 'ENABLED');
    const lowest = Math.min(...enabled.map(({ position }) => position));
    const [next] = enabled.length === 0 ? [] : await readLog(database, lowest, 1);
    return {
      outboxLagMs: await this.outboxLagMs(database),
      webhookLagMs: this.ageOf(next?.createdAtMs),
      deadLetters: await countDeadLetters(database, null),
    };
  }

  private async outboxLagMs(database: Store): Promise<number> {
    return this.ageOf(await readOldestDue(database));
  }

  private ageOf(atMs: number | undefined): number {
    return atMs === undefined ? 0 : Math.max(0, this.parts.clock.nowMs() - atMs);
  }

  /** Without Redis the webhooks go on; the stream is filled when it is back. */
  private async fillStream(database: Store): Promise<void> {
    try {
      for (let page = 0; page < RELAY_PAGES_MAX; page += 1) {
        const events = await this.parts.stream.run(database);
        if (events === 0) return;
        this.parts.onStreamed(events);
      }
    } catch (error) {
      if (!(error instanceof RedisUnavailable)) throw error;
    }
  }
}
