/**
 * What is kept of refusals: a count in the metrics, one line in the log for many, and of risk denials one
 * row a template and minute in MySQL, so that an operator can be told why people were turned away. No line
 * and no row names a person. A flood of refusals costs no more than a few of them.
 */
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import {
  DENIALS_WAITING_MAX,
  REFUSAL_LOG_EVERY_MS,
  RISK_AUDIT_FLUSH_MS,
} from '../config/limits.js';
import type { FailureCode } from '../kernel/rejection.js';
import type { Database } from '../storage/database.js';
import { addDenials, minuteOf, type Denials } from './denial.store.js';
import type { GuardEvents, GuardStep } from './guard.types.js';

export interface RecordParts {
  readonly database: Database;
  readonly log: Logger;
  /** Told of every refusal. */
  readonly onRefusal: (step: GuardStep, code: FailureCode) => void;
  /** Told whenever a step was left out. */
  readonly onSkip: (step: GuardStep) => void;
}

interface Sample {
  readonly sinceMs: number;
  unsaid: number;
}

export class RecordRefusals implements GuardEvents {
  private readonly samples = new LRUCache<string, Sample>({ max: 200 });
  private readonly denials = new Map<string, Denials>();
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> | undefined;

  constructor(private readonly parts: RecordParts) {}

  refused(step: GuardStep, code: FailureCode, templateId: string, nowMs: number): void {
    this.parts.onRefusal(step, code);
    this.say(`${step} ${code}`, (times) =>
      this.parts.log.info({ step, code, templateId, times }, 'claims refused by the guard'),
    );
    if (code === 'RISK_DENIED') this.deny(templateId, nowMs);
  }

  skipped(step: GuardStep, error: unknown): void {
    this.parts.onSkip(step);
    const reason = error instanceof Error ? error.message : 'unknown';
    this.say(`skipped ${step}`, (times) =>
      this.parts.log.warn({ step, reason, times }, 'the guard went on without a step'),
    );
  }

  /** Writes down what is not written yet. */
  async drain(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.flushing;
    await this.flush();
  }

  /** The first of its kind is told at once, the others with their number by the next after a while. */
  private say(kind: string, line: (times: number) => void): void {
    const nowMs = performance.now();
    const sample = this.samples.get(kind);
    if (sample !== undefined && nowMs - sample.sinceMs < REFUSAL_LOG_EVERY_MS) {
      sample.unsaid += 1;
      return;
    }
    line(1 + (sample?.unsaid ?? 0));
    this.samples.set(kind, { sinceMs: nowMs, unsaid: 0 });
  }

  private deny(templateId: string, nowMs: number): void {
    const minuteMs = minuteOf(nowMs);
    const id = `${templateId} ${minuteMs}`;
    const known = this.denials.get(id);
    if (known === undefined && this.denials.size >= DENIALS_WAITING_MAX) return;
    this.denials.set(id, { templateId, minuteMs, denied: (known?.denied ?? 0) + 1 });
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.flushing = this.flush();
    }, RISK_AUDIT_FLUSH_MS).unref();
  }

  private async flush(): Promise<void> {
    const rows = [...this.denials.values()];
    this.denials.clear();
    if (rows.length === 0) return;
    try {
      await addDenials(this.parts.database, rows);
    } catch (err) {
      // Counts may be lost, or counted twice where the answer to the commit was: they are no promise.
      this.parts.log.warn({ err, rows: rows.length }, 'risk denials could not be written down');
    }
  }
}
