/**
 * Does what was asked for: replaces the user everywhere, and makes Redis forget the name.
 *
 * It goes over everything twice: at once, and again when nothing that was on its way at the time can still
 * come (a claim in the journal, a quote, which lives 15 minutes). Then it forgets whom it erased. Any
 * worker may go on where another stopped.
 */
import { ERASURES_PAGE } from '../config/limits.js';
import type { Clock } from '../kernel/clock.js';
import { recordChanges } from '../event/record-change.js';
import type { Database } from '../storage/database.js';
import { toSqlMoment } from '../storage/moments.js';
import type { Sealer } from '../storage/seal.js';
import { ERASURE_SQL, readRunning } from './erasure.store.js';
import type { RunningErasure } from './erasure.types.js';
import { replaceUser, type Replacement } from './replace-user.js';

type Store = Pick<Database, 'rows' | 'transaction'>;

export interface EraseParts {
  readonly sealer: Sealer;
  readonly clock: Clock;
  /** Replace the user in tables that are read through. @returns how many rows named the user */
  readonly scans: readonly ((database: Store, replacement: Replacement) => Promise<number>)[];
  /** Makes Redis forget that the user has coupons of the template. @throws RedisUnavailable */
  readonly forgetTaker: (templateId: string, userId: string) => Promise<void>;
}

const TEMPLATES_OF = 'SELECT DISTINCT template_id FROM coupon WHERE user_id LIKE ?';

export class RunErasures {
  constructor(private readonly parts: EraseParts) {}

  /** @returns how many were worked on, a page at most */
  async run(database: Store): Promise<number> {
    const running = await readRunning(database, this.parts.sealer, ERASURES_PAGE);
    for (const erasure of running) await this.once(database, erasure);
    return running.length;
  }

  /** Goes over everything once, and ends the erasure if its time has come. */
  async once(database: Store, erasure: RunningErasure): Promise<void> {
    const { clock, scans, forgetTaker } = this.parts;
    // Whoever looks before the time is over has looked too early, however long it takes.
    const isLast = clock.nowMs() >= erasure.dueAtMs;
    let rows = await replaceUser(database, erasure);
    for (const scan of scans) rows += await scan(database, erasure);
    if (rows > 0)
      await database.transaction((sql) => sql.change(ERASURE_SQL.count, [rows, erasure.id]));
    for (const row of await database.rows(TEMPLATES_OF, [`${erasure.pseudonym}%`]))
      await forgetTaker(String(row['template_id']), erasure.userId);
    if (isLast) await this.finish(database, erasure);
  }

  private async finish(database: Store, { id }: RunningErasure): Promise<void> {
    const nowMs = this.parts.clock.nowMs();
    await database.transaction(async (sql) => {
      if ((await sql.change(ERASURE_SQL.finish, [toSqlMoment(nowMs), id])) !== 1) return;
      await recordChanges(sql, [
        {
          subject: 'ERASURE',
          subjectId: id,
          seq: 2,
          action: 'DONE',
          from: 'RUNNING',
          to: 'DONE',
          actor: 'job:erase-users',
          atMs: nowMs,
        },
      ]);
    });
  }
}
