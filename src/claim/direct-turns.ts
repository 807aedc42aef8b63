/** The turns of direct claims of this process, one for each template (rules/direct-turn.ts). */
import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { TEMPLATES_IN_MEMORY_MAX } from '../config/limits.js';
import { afterClosing, AT_ONCE, waitOf, type DirectTurn } from './rules/direct-turn.js';

export class DirectTurns {
  private readonly turns = new LRUCache<string, DirectTurn>({ max: TEMPLATES_IN_MEMORY_MAX });

  /** Resolves when a direct claim of the template may go: at once unless it would flap the gate. */
  async wait(templateId: string): Promise<void> {
    const waitMs = waitOf(this.turns.get(templateId) ?? AT_ONCE, performance.now());
    if (waitMs > 0) await sleep(waitMs);
  }

  /** A direct claim of the template has closed a gate that somebody had opened. */
  closed(templateId: string): void {
    const turn = this.turns.get(templateId) ?? AT_ONCE;
    this.turns.set(templateId, afterClosing(turn, performance.now()));
  }

  /** This process got through to Redis, so it is not the one whose link is broken. */
  reached(templateId: string): void {
    this.turns.delete(templateId);
  }
}
