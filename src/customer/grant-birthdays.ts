/**
 * The job of birthdays: gives every customer whose birthday began a coupon of each template that is granted
 * on it, and notes the next birthday.
 *
 * Promise: once a year for a customer and a template, whoever runs it and wherever it stops: the key of the
 * coupon is of both. A customer about whom something could not be decided stays due.
 */
import { BIRTHDAY_PAGE, BIRTHDAYS_AT_ONCE_MAX, TRIGGERED_TEMPLATES_MAX } from '../config/limits.js';
import { atMostAtOnce } from '../kernel/at-most-at-once.js';
import type { Clock } from '../kernel/clock.js';
import type { Database } from '../storage/database.js';
import { readGrantedOn } from '../template/granted-on.js';
import { moveOn, readCelebrants } from './customer.store.js';
import type { Celebrant } from './customer.types.js';
import type { IssueTriggered } from './issue-triggered.js';
import { birthdayAfter, isTooLate, yearOf } from './rules/birthday.js';
import { keyOfBirthday } from './rules/trigger-keys.js';

/** One run as the frame of the jobs hands it out: its database refuses who lost the lease. */
export interface BirthdayRun {
  readonly database: Pick<Database, 'rows' | 'transaction'>;
  readonly signal: AbortSignal;
}

export class GrantBirthdays {
  constructor(
    private readonly issue: IssueTriggered,
    private readonly clock: Clock,
  ) {}

  /** Looks at everybody who is due, also behind those who cannot be decided yet. */
  async run(
    { database, signal }: BirthdayRun,
    pageSize: number = BIRTHDAY_PAGE,
  ): Promise<{ handled: number; isMore: boolean; lagMs: number }> {
    let handled = 0;
    let oldestLeftMs: number | undefined;
    for (let after: Celebrant | undefined; ;) {
      const nowMs = this.clock.nowMs();
      const due = await readCelebrants(database, nowMs, after, pageSize);
      const decided = await this.celebrate({ database, signal }, due, nowMs);
      const left = due.find((one) => !decided.includes(one));
      oldestLeftMs ??= left?.dueAtMs;
      handled += await database.transaction(async (sql) => {
        let moved = 0;
        for (const one of decided)
          if (await moveOn(sql, one, birthdayAfter(one, one.dueAtMs, nowMs))) moved += 1;
        return moved;
      });
      after = due.at(-1);
      const isMore = due.length === pageSize;
      if (!isMore || signal.aborted)
        return { handled, isMore, lagMs: nowMs - (oldestLeftMs ?? nowMs) };
    }
  }

  /** @returns those with whom this birthday is over */
  private async celebrate(
    { database, signal }: BirthdayRun,
    due: readonly Celebrant[],
    nowMs: number,
  ): Promise<Celebrant[]> {
    if (due.length === 0) return [];
    const templates = await readGrantedOn(database, 'BIRTHDAY', nowMs, TRIGGERED_TEMPLATES_MAX);
    const decided: Celebrant[] = [];
    await atMostAtOnce(BIRTHDAYS_AT_ONCE_MAX, due, async (one) => {
      if (signal.aborted) return;
      const isOver = isTooLate(one, one.dueAtMs, nowMs);
      if (isOver || (await this.give(one, templates))) decided.push(one);
    });
    return decided;
  }

  /** @returns whether every template was decided, one after the other */
  private async give(celebrant: Celebrant, templates: readonly string[]): Promise<boolean> {
    const { userId, dueAtMs } = celebrant;
    const year = yearOf(celebrant, dueAtMs);
    let isDecided = true;
    for (const templateId of templates) {
      const key = keyOfBirthday(year, templateId);
      // Nothing of ours but the template stands for all birthdays of a year.
      const decision = await this.issue.run({ templateId, userId, originId: templateId, key });
      isDecided &&= decision.state !== 'PENDING';
    }
    return isDecided;
  }
}
