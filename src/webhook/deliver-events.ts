/**
 * Serves every endpoint: what waits first, then what is new. Endpoints are served independently: one that
 * is slow, down or far behind does not keep the others waiting.
 *
 * Two processes at it at once repeat events but cannot reorder them: each tells an event only after it had
 * the answer for the one before of its subject, and places and counts move by compare-and-set only.
 */
import type { Store } from '../event/event-log.store.js';
import type { Clock } from '../kernel/clock.js';
import type { DeliverNext } from './deliver-next.js';
import { EndpointLine, type LineOptions } from './endpoint-line.js';
import { noteFailing, readEndpoints } from './endpoint.store.js';
import type { RetryWaiting } from './retry-waiting.js';
import { Round } from './round.js';
import type { DeliveryOutcome, WebhookEndpoint } from './webhook.types.js';

export interface DeliverParts {
  readonly clock: Clock;
  readonly next: DeliverNext;
  readonly waiting: RetryWaiting;
  readonly line: Omit<LineOptions, 'clock'>;
  readonly onOutcome: (outcome: DeliveryOutcome) => void;
  readonly onTrouble: (endpointId: string, error: unknown) => void;
  /** The endpoint said that it does not exist any more. */
  readonly onGone: (endpoint: WebhookEndpoint) => Promise<void>;
}

export class DeliverEvents {
  private readonly lines = new Map<string, EndpointLine>();
  private readonly serving = new Map<string, Promise<void>>();

  constructor(private readonly parts: DeliverParts) {}

  /** Begins a round of every enabled endpoint that has none under way. */
  async begin(database: Store): Promise<void> {
    const endpoints = (await readEndpoints(database)).filter(({ status }) => status === 'ENABLED');
    this.closeLines((id) => !endpoints.some((endpoint) => endpoint.id === id));
    for (const endpoint of endpoints.filter(({ id }) => !this.serving.has(id))) {
      const round = this.serve(database, endpoint)
        .catch((error: unknown) => this.parts.onTrouble(endpoint.id, error))
        .finally(() => this.serving.delete(endpoint.id));
      this.serving.set(endpoint.id, round);
    }
  }

  /** When the rounds under way are over. */
  async settled(): Promise<void> {
    await Promise.all(this.serving.values());
  }

  /** Ends the tries under way; they count as none and are made again. */
  hangUp(): void {
    this.closeLines(() => true);
  }

  private async serve(database: Store, endpoint: WebhookEndpoint): Promise<void> {
    const { next, waiting, onGone, onOutcome } = this.parts;
    const line = this.lineTo(endpoint.id);
    const round = new Round(endpoint, database, line, onOutcome);
    let at = endpoint;
    for (let isProgress = true; isProgress && !round.isOver;) {
      const settled = await waiting.run(round);
      const position = await next.run(round, at);
      isProgress = settled > 0 || position !== undefined;
      at = { ...at, position: position ?? at.position };
    }
    await this.noteHealth(round);
    if (round.isGone) await onGone(endpoint);
  }

  private async noteHealth({ endpoint, database, delivered, failed }: Round): Promise<void> {
    const { id, failingSinceMs } = endpoint;
    if (delivered > 0 && failingSinceMs !== null) await noteFailing(database, id, null);
    if (delivered === 0 && failed > 0 && failingSinceMs === null)
      await noteFailing(database, id, this.parts.clock.nowMs());
  }

  private lineTo(id: string): EndpointLine {
    const { clock, line } = this.parts;
    const known = this.lines.get(id) ?? new EndpointLine({ ...line, clock });
    this.lines.set(id, known);
    return known;
  }

  private closeLines(isOver: (id: string) => boolean): void {
    for (const [id, line] of this.lines) {
      if (!isOver(id)) continue;
      line.close();
      this.lines.delete(id);
    }
  }
}
