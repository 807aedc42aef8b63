/** Keeps what webhooks leave behind within bounds. Each step takes a page; the next run goes on. */
import {
  DEAD_LETTERS_KEPT_MS,
  EVENT_LOG_KEPT_MS,
  PURGE_PAGE,
  WEBHOOK_FAILING_MAX_MS,
} from '../config/limits.js';
import { purgeLog, readCursor, type Store } from '../event/event-log.store.js';
import type { Clock } from '../kernel/clock.js';
import { firstIdAt } from '../kernel/ids.js';
import { changeEndpoint } from './change-endpoint.js';
import { DEAD_LETTER_SQL } from './dead-letter.store.js';
import { ENDPOINT_SQL, readEndpoints } from './endpoint.store.js';

const ACTOR = 'job:relay-events';

export class TidyWebhooks {
  constructor(private readonly clock: Clock) {}

  /** @returns how many rows were deleted */
  async run(database: Store): Promise<number> {
    await this.disableFailing(database);
    return (
      (await this.purgeLog(database)) +
      (await this.purgeDeadLetters(database)) +
      (await this.removeDeleted(database))
    );
  }

  /** An operator has enabled it again, or another process was first: then nothing is done. */
  async disable(database: Store, id: string, reason: string): Promise<void> {
    const step = { id, event: 'DISABLE', actor: ACTOR, details: { reason } } as const;
    await database.transaction((sql) => changeEndpoint(sql, { ...step, atMs: this.clock.nowMs() }));
  }

  private async disableFailing(database: Store): Promise<void> {
    const beforeMs = this.clock.nowMs() - WEBHOOK_FAILING_MAX_MS;
    for (const { id, status, failingSinceMs } of await readEndpoints(database)) {
      if (status === 'ENABLED' && failingSinceMs !== null && failingSinceMs < beforeMs)
        await this.disable(database, id, 'every try failed for days');
    }
  }

  /** What every enabled endpoint was told. A stream is not waited for: it is shorter than the log. */
  private async purgeLog(database: Store): Promise<number> {
    const endpoints = await readEndpoints(database);
    const positions = endpoints.flatMap(({ status, position }) =>
      status === 'ENABLED' ? [position] : [],
    );
    const upTo = Math.min(await readCursor(database, 'log'), ...positions);
    const beforeMs = this.clock.nowMs() - EVENT_LOG_KEPT_MS;
    return purgeLog(database, upTo, beforeMs, PURGE_PAGE);
  }

  private async purgeDeadLetters(database: Store): Promise<number> {
    const before = firstIdAt(this.clock.nowMs() - DEAD_LETTERS_KEPT_MS);
    return database.transaction((sql) => sql.change(DEAD_LETTER_SQL.purge, [before, PURGE_PAGE]));
  }

  private async removeDeleted(database: Store): Promise<number> {
    const [row] = await database.rows(ENDPOINT_SQL.deleted);
    if (row === undefined) return 0;
    const id = String(row['id']);
    return database.transaction(async (sql) => {
      const removed = await sql.change(DEAD_LETTER_SQL.removeOf, [id, PURGE_PAGE]);
      if (removed < PURGE_PAGE) await sql.change(ENDPOINT_SQL.remove, [id]);
      return removed;
    });
  }
}
