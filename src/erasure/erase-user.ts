/**
 * An operator has a user erased: everything that names the user here gets a name that means nobody.
 *
 * Coupons, redemptions and their audit stay, so that totals, limits and money add up; whose they were
 * cannot be found out any more, by nobody. What is left of the id is a keyed hash, which can answer whether
 * somebody was erased. Asked again with the same key it tells of the first time; while one erasure of a
 * user runs, another key gets that one.
 */
import { randomBytes } from 'node:crypto';
import { ERASE_AGAIN_MS, IDEMPOTENCY_KEY_LENGTH_MAX, REASON_LENGTH_MAX } from '../config/limits.js';
import { recordChanges } from '../event/record-change.js';
import { requireScope, type Caller } from '../kernel/caller.js';
import type { Clock } from '../kernel/clock.js';
import { digest } from '../kernel/digest.js';
import { readExternalId } from '../kernel/external-id.js';
import { newId } from '../kernel/ids.js';
import { rejection } from '../kernel/rejection.js';
import { requireLength } from '../kernel/require-length.js';
import { ok, rejected, type Result } from '../kernel/result.js';
import { settled } from '../storage/as-rejection.js';
import type { Database, Sql } from '../storage/database.js';
import type { Sealer } from '../storage/seal.js';
import {
  findByKey,
  insertErasure,
  readErasure,
  readErasuresOf,
  type NewErasure,
} from './erasure.store.js';
import type { Erasure } from './erasure.types.js';
import type { RunErasures } from './run-erasures.js';

export interface EraseRequest {
  readonly userId: string;
  /** Why: a number of a ticket, not a name. Kept for ever. */
  readonly reason: string;
  readonly idempotencyKey: string;
}

export interface EraseStarted {
  readonly erasure: Erasure;
  readonly replayed: boolean;
}

export interface EraseUserParts {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly runs: RunErasures;
  /** Keyed, the same for ever. */
  readonly hashOf: (userId: string) => string;
  /** Told where the first look could not be finished; a worker goes on. */
  readonly onTrouble: (erasureId: string, error: unknown) => void;
}

export class EraseUser {
  constructor(private readonly parts: EraseUserParts) {}

  /** @throws NotAuthenticated · NotAllowed · InputError */
  async run(caller: Caller, request: EraseRequest): Promise<Result<EraseStarted>> {
    const actor = requireScope(caller, 'coupons:admin');
    const made = this.make(actor, request);
    const started = await settled(() =>
      this.parts.database.transaction((sql) => this.start(sql, made)),
    );
    if (!started.ok || started.value.replayed) return started;
    const { database, runs, onTrouble } = this.parts;
    await runs.once(database, made).catch((error: unknown) => onTrouble(made.id, error));
    const now = await readErasure(database, made.id).catch(() => undefined);
    return ok({ erasure: now ?? started.value.erasure, replayed: false });
  }

  /** Whether and when somebody was erased here, newest first. @throws NotAuthenticated · NotAllowed */
  async historyOf(caller: Caller, userId: string): Promise<Erasure[]> {
    requireScope(caller, 'coupons:admin');
    return readErasuresOf(this.parts.database, this.parts.hashOf(userId));
  }

  private make(actor: string, { userId, reason, idempotencyKey }: EraseRequest): NewErasure {
    readExternalId(userId, 'input.userId');
    requireLength(idempotencyKey, 'input.idempotencyKey', IDEMPOTENCY_KEY_LENGTH_MAX);
    requireLength(reason, 'input.reason', REASON_LENGTH_MAX);
    const { clock, hashOf } = this.parts;
    const nowMs = clock.nowMs();
    return {
      id: newId(nowMs),
      status: 'RUNNING',
      eraseKey: digest('erase', actor, idempotencyKey),
      userHash: hashOf(userId),
      userId,
      pseudonym: `erased-${randomBytes(12).toString('hex')}`,
      actor,
      reason,
      rows: 0,
      requestedAtMs: nowMs,
      dueAtMs: nowMs + ERASE_AGAIN_MS,
      finishedAtMs: null,
    };
  }

  private async start(sql: Sql, made: NewErasure): Promise<Result<EraseStarted>> {
    const running = (await readErasuresOf(sql, made.userHash)).find(
      ({ status }) => status === 'RUNNING',
    );
    const before = (await findByKey(sql, made.eraseKey)) ?? running;
    if (before !== undefined && before.userHash !== made.userHash)
      return rejected(rejection('IDEMPOTENCY_CONFLICT'));
    if (before !== undefined) return ok({ erasure: before, replayed: true });
    if (!(await insertErasure(sql, this.parts.sealer, made)))
      return rejected(rejection('OUTCOME_UNKNOWN')); // The same key at the same moment: ask again.
    await recordChanges(sql, [
      {
        subject: 'ERASURE',
        subjectId: made.id,
        seq: 1,
        action: 'STARTED',
        from: null,
        to: 'RUNNING',
        actor: made.actor,
        atMs: made.requestedAtMs,
        details: { userHash: made.userHash, reason: made.reason },
      },
    ]);
    return ok({ erasure: made, replayed: false });
  }
}
