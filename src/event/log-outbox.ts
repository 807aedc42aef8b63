/**
 * Puts what is committed to the outbox into the log, which gives it its place in the order of telling.
 *
 * Promises: nothing is missed, however late it commits; nothing is logged twice, however many do this; an
 * event comes after the one before it of its subject. The last holds because their ids ascend
 * (record-change.ts) and because the later one was written under the lock of the subject's row: whoever
 * sees it sees the earlier one too.
 */
import { OUTBOX_PAGE } from '../config/limits.js';
import type { Clock } from '../kernel/clock.js';
import { reached } from '../storage/steps.js';
import { insertEntries, moveCursor, readCursor, readDue, type Store } from './event-log.store.js';

/** The cursor moved while a page was read: somebody else is at it. */
class Overtaken extends Error {}

export class LogOutbox {
  constructor(private readonly clock: Clock) {}

  /** @returns how many rows got their place; a page at most. 0 where another process is at it */
  async run(database: Store): Promise<number> {
    // First the cursor, then the page: if it is unmoved in the end, nobody logged any of this page.
    const last = await readCursor(database, 'log');
    const rows = await readDue(database, OUTBOX_PAGE);
    if (rows.length === 0) return 0;
    try {
      await database.transaction(async (sql) => {
        if (!(await moveCursor(sql, 'log', last, last + rows.length))) throw new Overtaken();
        await insertEntries(sql, rows, last, this.clock.nowMs());
      });
    } catch (error) {
      if (error instanceof Overtaken) return 0;
      throw error;
    }
    reached('relay:logged');
    return rows.length;
  }
}
