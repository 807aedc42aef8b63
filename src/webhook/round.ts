/**
 * One round of one endpoint: it has the word for some seconds, so that a slow one does not keep the others
 * waiting, and what happened in it is counted.
 */
import { WEBHOOK_ROUND_MS } from '../config/limits.js';
import type { Store } from '../event/event-log.store.js';
import type { EndpointLine } from './endpoint-line.js';
import type { DeliveryOutcome, TryOutcome, WebhookEndpoint } from './webhook.types.js';

/** The endpoint does not exist any more (410). */
const GONE = 410;

export class Round {
  delivered = 0;
  failed = 0;
  isGone = false;
  private turn: Promise<void> = Promise.resolve();
  private readonly untilMs = performance.now() + WEBHOOK_ROUND_MS;

  constructor(
    /** As it was read at the beginning; its position moves. */
    readonly endpoint: WebhookEndpoint,
    /** MySQL, as long as the run has its lease. */
    readonly database: Store,
    private readonly line: EndpointLine,
    private readonly onOutcome: (outcome: DeliveryOutcome) => void,
  ) {}

  get isHungUp(): boolean {
    return this.line.isClosed;
  }

  get isOver(): boolean {
    return this.isHungUp || this.isGone || performance.now() >= this.untilMs;
  }

  /** New events may be taken for it. */
  get isOpenToAll(): boolean {
    return !this.isOver && this.line.isOpenToAll;
  }

  async attempt(eventId: string, body: string): Promise<TryOutcome> {
    if (this.isOver) return { kind: 'NOT_TRIED' };
    const outcome = await this.line.attempt(this.endpoint, eventId, body);
    if (outcome.kind === 'DELIVERED') {
      this.delivered += 1;
      this.onOutcome('delivered');
    } else if (outcome.kind === 'FAILED') {
      this.failed += 1;
      this.isGone ||= outcome.status === GONE;
      this.onOutcome('failed');
    }
    return outcome;
  }

  /**
   * Runs `work` when what was handed in before is done: the lock of the endpoint would make all but one wait
   * in MySQL, each with a connection that somebody else needs.
   */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work);
    this.turn = mine.then(
      () => undefined,
      () => undefined,
    );
    return mine;
  }

  noteDead(): void {
    this.onOutcome('dead');
  }
}
